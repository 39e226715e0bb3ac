import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatCount } from '../../components/format';
import type { RunChanges } from '../../services/models';
import { Diff } from './diff';
import { More } from './more';

interface IChangesProps {
  readonly changes: RunChanges;
  readonly trans: TranslationBundle;
}

/** What changed from one run to another: what is the same is not named. */
export function Differences({ changes, trans }: IChangesProps): JSX.Element {
  const { arguments: args, code, datasets, settings, versions } = changes;
  const isSame =
    changes.code_known &&
    [args, code, datasets, settings, versions].every(
      differences => differences.length === 0
    );
  return (
    <>
      {isSame && (
        <p className="casa-Changes-same">
          {trans.__(
            'Code, arguments, settings, files and versions are the same.'
          )}
        </p>
      )}
      <Code changes={changes} trans={trans} />
      <Values title={trans.__('Arguments')} rows={args} trans={trans} />
      <Datasets changes={changes} trans={trans} />
      <Values title={trans.__('Versions')} rows={versions} trans={trans} />
      <Values title={trans.__('Settings')} rows={settings} trans={trans} />
    </>
  );
}

interface IPartProps {
  readonly title: string;
  readonly children: React.ReactNode;
}

function Part({ children, title }: IPartProps): JSX.Element {
  const heading = React.useId();
  return (
    <section className="casa-RunTab-section" aria-labelledby={heading}>
      <h3 id={heading} className="casa-Changes-title">
        {title}
      </h3>
      {children}
    </section>
  );
}

function Code({ changes, trans }: IChangesProps): JSX.Element | null {
  const { code, code_known: isKnown } = changes;
  if (isKnown && code.length === 0) {
    return null;
  }
  return (
    <Part title={trans.__('Code')}>
      {!isKnown && (
        <p>
          {trans.__(
            'One of the runs kept no copy of its code: its processor lives in a notebook or in an installed package.'
          )}
        </p>
      )}
      {code.map(({ added, diff, path, removed }) => (
        <details key={path} open className="casa-Details-file">
          <summary>
            {path}{' '}
            <span className="casa-Changes-count">
              +{formatCount(added)} −{formatCount(removed)}
            </span>
          </summary>
          {diff ? (
            <Diff text={diff} label={path} trans={trans} />
          ) : (
            <p>{trans.__('The file is too long to be compared.')}</p>
          )}
        </details>
      ))}
    </Part>
  );
}

interface IValuesProps {
  readonly title: string;
  readonly rows: RunChanges['settings'];
  readonly trans: TranslationBundle;
}

function Values({ rows, title, trans }: IValuesProps): JSX.Element | null {
  return rows.length === 0 ? null : (
    <Part title={title}>
      <ValueTable rows={rows} trans={trans} />
    </Part>
  );
}

function ValueTable({
  rows,
  trans
}: Pick<IValuesProps, 'rows' | 'trans'>): JSX.Element {
  return (
    <table className="casa-Table">
      <tbody>
        {rows.map(({ after, before, name }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Value text={before} kind="removed" trans={trans} />
            </td>
            <td>
              <Value text={after} kind="added" trans={trans} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface IValueProps {
  readonly text: string | null;
  readonly kind: 'added' | 'removed';
  readonly trans: TranslationBundle;
}

function Value({ kind, text, trans }: IValueProps): JSX.Element {
  return text === null ? (
    <em>{trans.__('not given')}</em>
  ) : kind === 'added' ? (
    <ins>{text}</ins>
  ) : (
    <del>{text}</del>
  );
}

function Datasets({ changes, trans }: IChangesProps): JSX.Element | null {
  return changes.datasets.length === 0 ? null : (
    <Part title={trans.__('Datasets')}>
      {changes.datasets.map(dataset => (
        <details key={dataset.dataset} className="casa-Details-file">
          <summary>
            {dataset.dataset}{' '}
            <span className="casa-Changes-count">
              {summaryOf(dataset, trans)}
            </span>
          </summary>
          <FileList
            title={trans.__('Added')}
            files={dataset.files_added}
            total={dataset.added}
            trans={trans}
          />
          <FileList
            title={trans.__('Removed')}
            files={dataset.files_removed}
            total={dataset.removed}
            trans={trans}
          />
          <FileList
            title={trans.__('Same name, other content')}
            files={dataset.files_replaced}
            total={dataset.replaced}
            trans={trans}
          />
          {dataset.metadata.length > 0 && (
            <ValueTable rows={dataset.metadata} trans={trans} />
          )}
        </details>
      ))}
    </Part>
  );
}

interface IFileListProps {
  readonly title: string;
  readonly files: readonly string[];
  readonly total: number;
  readonly trans: TranslationBundle;
}

function FileList(props: IFileListProps): JSX.Element | null {
  const { files, title, total, trans } = props;
  return files.length === 0 ? null : (
    <>
      <h4>{title}</h4>
      <ul className="casa-Details-files">
        {files.map(file => (
          <li key={file}>{file}</li>
        ))}
        <More count={total - files.length} trans={trans} />
      </ul>
    </>
  );
}

/** In a few words what became of a dataset. */
function summaryOf(
  dataset: RunChanges['datasets'][number],
  trans: TranslationBundle
): string {
  if (dataset.kind === 'added') {
    return trans.__('new, with %1 files', formatCount(dataset.added));
  }
  if (dataset.kind === 'removed') {
    return trans.__('not any more');
  }
  const parts = [
    dataset.added > 0 && trans.__('%1 files more', formatCount(dataset.added)),
    dataset.removed > 0 &&
      trans.__('%1 files less', formatCount(dataset.removed)),
    dataset.replaced > 0 &&
      trans.__('%1 files replaced', formatCount(dataset.replaced)),
    dataset.metadata.length > 0 && trans.__('other metadata')
  ];
  return parts.filter(Boolean).join(', ');
}
