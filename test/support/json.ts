/** What `JSON.parse` answers, for tests that look at it field by field. */
// biome-ignore lint/suspicious/noExplicitAny: a type would only repeat what each test checks, and would not check it
export type Json = any;
