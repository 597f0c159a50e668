import { type BenchDocument, number } from './document.ts';

/** A Markdown table of several Node versions' ratios, or values where there is no baseline. */
export function nodesTable(documents: readonly BenchDocument[]): string {
  const names = [...new Set(documents.flatMap(({ results }) => results.map(({ name }) => name)))];
  return [
    `| | ${documents.map(({ machine }) => `Node ${machine.node}`).join(' | ')} |`,
    `|---|${documents.map(() => '---:|').join('')}`,
    ...names.map((name) => {
      const cells = documents.map(({ results }) => {
        const result = results.find((one) => one.name === name);
        if (!result) return '';
        return result.ratio === undefined
          ? `${number(result.value)} ${result.unit}`
          : `${number(result.ratio)}×`;
      });
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
