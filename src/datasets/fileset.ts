import type { Dataset } from '../services/models';

const INDENT = '    ';

/**
 * Returns Python code of a Coffea fileset that holds the datasets.
 *
 * The fileset is in the form that `coffea.processor.Runner` and
 * `coffea.dataset_tools` take: name to files (path to tree name) and metadata.
 */
export function filesetCode(datasets: readonly Dataset[]): string {
  const fileset: Record<string, unknown> = {};
  for (const { name, files, metadata } of datasets) {
    fileset[name] = {
      files: Object.fromEntries(
        files.map(file => [file.path, file.treename] as const)
      ),
      ...(Object.keys(metadata).length > 0 ? { metadata } : {})
    };
  }
  return `fileset = ${pythonLiteral(fileset)}`;
}

/** Writes a value that came as JSON the way Python does, one item a line. */
export function pythonLiteral(value: unknown, indent = ''): string {
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value !== 'object') {
    // Python reads the strings and the numbers of JSON.
    return JSON.stringify(value);
  }
  const deeper = indent + INDENT;
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map(item => pythonLiteral(item, deeper))]
    : [
        '{',
        '}',
        Object.entries(value).map(
          ([key, item]) =>
            `${JSON.stringify(key)}: ${pythonLiteral(item, deeper)}`
        )
      ];
  if (items.length === 0) {
    return open + close;
  }
  const lines = items.map(item => `${deeper}${item},\n`);
  return `${open}\n${lines.join('')}${indent}${close}`;
}
