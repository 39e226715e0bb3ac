import type { TranslationBundle } from '@jupyterlab/translation';
import { launchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../../components/button';
import { CopyButton } from '../../components/copy';
import { formatBytes, formatCount } from '../../components/format';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import type { Run, RunDetails, Transcript } from '../../services/models';
import type { RunTabModel } from '../tab/model';
import { Resource } from '../tab/resource';
import { Section } from '../tab/section';
import { Code } from './code';
import { Diff } from './diff';
import { More } from './more';

interface IDetailsProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** What the run was made of and with, fetched when somebody opens it. */
export function Details({ model, run, trans }: IDetailsProps): JSX.Element {
  return (
    <Section
      id="details"
      title={trans.__('Details')}
      isFolded
      actions={
        <a
          className="casa-TextButton"
          href={model.exportUrl}
          download={`${run.id}.zip`}
          title={trans.__(
            'Save the run as one file that opens in another Casa'
          )}
        >
          {trans.__('Export Run')}
        </a>
      }
    >
      <Contents model={model} run={run} trans={trans} />
    </Section>
  );
}

function Contents({ model, run, trans }: IDetailsProps): JSX.Element {
  const details = useResource<RunDetails>(model, () => model.details());
  const transcript = useResource<Transcript>(model, () => model.transcript());
  React.useEffect(() => transcript.refresh(), [transcript]);
  // Identities of files are known at the end of a run.
  React.useEffect(() => details.refresh(), [details, run.finished]);
  useChanges(details, transcript);
  if (details.value) {
    return (
      <DetailsView
        details={details.value}
        command={transcript.value?.command}
        onOpen={model.openCode}
        trans={trans}
      />
    );
  }
  return details.problem ? (
    <Problem message={details.problem} />
  ) : (
    <p>{trans.__('Loading…')}</p>
  );
}

/** Keeps what is fetched for a component as long as that is there. */
function useResource<T>(
  model: RunTabModel,
  fetch: () => Promise<T>
): Resource<T> {
  const [resource] = React.useState(
    () =>
      new Resource<T>({ fetch, interval: 1_000, isSeen: () => model.isVisible })
  );
  React.useEffect(() => () => resource.dispose(), [resource]);
  return resource;
}

interface IViewProps {
  readonly details: RunDetails;

  /** Launches the run again in a terminal; not given where none can. */
  readonly command?: string;

  /** Opens a file of the code in a tab of its own, where that can be done. */
  readonly onOpen?: ((path: string) => void) | null;
  readonly trans: TranslationBundle;
}

/** Code, files, versions and settings of a run. */
export function DetailsView({
  command,
  details,
  onOpen,
  trans
}: IViewProps): JSX.Element {
  const { diff, git, sources, versions } = details;
  return (
    <div className="casa-Details">
      <Facts rows={settingsOf(details, trans)} />
      {command && (
        <details className="casa-Details-file">
          <summary>{trans.__('Command line')}</summary>
          <span className="casa-Details-copy">
            <CopyButton
              label={trans.__('Copy the command line')}
              text={() => command}
            />
          </span>
          <pre className="casa-Code" tabIndex={0}>
            {command}
          </pre>
        </details>
      )}
      <Group title={trans.__('Arguments')}>
        {Object.keys(details.arguments).length > 0 ? (
          <Facts
            rows={Object.entries(details.arguments).map(([name, value]) => [
              name,
              JSON.stringify(value)
            ])}
          />
        ) : (
          <p>{trans.__('Defaults only.')}</p>
        )}
      </Group>
      <Group title={trans.__('Code')}>
        {sources.length === 0 && (
          <p>
            {trans.__(
              'No copy was kept: the processor lives in a notebook or in an installed package.'
            )}
          </p>
        )}
        {sources.map(({ path, text, truncated }, index) => (
          <details
            key={path}
            className="casa-Details-file"
            open={index === 0 && text.length < 20_000}
          >
            <summary>{path}</summary>
            <span className="casa-Details-copy">
              {onOpen && (
                <IconButton
                  icon={launchIcon}
                  label={trans.__('Open %1 in a tab', path)}
                  onClick={() => onOpen(path)}
                />
              )}
              <CopyButton label={trans.__('Copy %1', path)} text={() => text} />
            </span>
            <Code text={text} label={path} />
            {truncated && <p>{trans.__('The file is longer than this.')}</p>}
          </details>
        ))}
        {git && diff && (
          <details className="casa-Details-file">
            <summary>{trans.__('Not committed at the launch')}</summary>
            <Diff text={diff} label={git} trans={trans} />
            {details.diff_truncated && (
              <p>{trans.__('There is more than this.')}</p>
            )}
          </details>
        )}
      </Group>
      <Group title={trans.__('Files')}>
        {details.datasets.map(dataset => (
          <Dataset key={dataset.dataset} dataset={dataset} trans={trans} />
        ))}
      </Group>
      <Group title={trans.__('Versions')}>
        <Facts rows={Object.entries(versions)} />
      </Group>
    </div>
  );
}

function settingsOf(
  details: RunDetails,
  trans: TranslationBundle
): [string, string][] {
  const { chunksize, cluster, column_bytes: kept, git, maxchunks } = details;
  const rows: [string, string | null][] = [
    [trans.__('Processor'), details.location],
    [trans.__('Schema'), details.schema_name],
    [trans.__('Events in a chunk'), formatCount(chunksize)],
    [
      trans.__('Chunks of a dataset, at most'),
      maxchunks === null ? null : formatCount(maxchunks)
    ],
    [
      trans.__('Columns kept by a worker, at most'),
      kept === null ? null : formatBytes(kept)
    ],
    [
      trans.__('At a failure'),
      details.fail_fast ? trans.__('stop') : trans.__('keep going')
    ],
    [trans.__('Continues the run'), details.continues],
    [trans.__('Cluster'), cluster],
    [trans.__('Git revision'), git],
    [trans.__('Working directory'), details.directory],
    [trans.__('Interpreter'), details.python],
    [trans.__('Launched by'), details.user],
    [trans.__('Launched'), new Date(details.created * 1000).toLocaleString()],
    [trans.__('Folder'), formatBytes(details.size_bytes)],
    [trans.__('Id'), details.id]
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

interface IGroupProps {
  readonly title: string;
  readonly children: React.ReactNode;
}

function Group({ children, title }: IGroupProps): JSX.Element {
  return (
    <>
      <h3 className="casa-Details-title">{title}</h3>
      {children}
    </>
  );
}

function Facts({
  rows
}: {
  rows: readonly (readonly [string, string])[];
}): JSX.Element {
  return (
    <dl className="casa-Details-facts">
      {rows.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

interface IDatasetProps {
  readonly dataset: RunDetails['datasets'][number];
  readonly trans: TranslationBundle;
}

function Dataset({ dataset, trans }: IDatasetProps): JSX.Element {
  const { files, files_total: total, metadata } = dataset;
  return (
    <details className="casa-Details-file">
      <summary>
        {dataset.dataset}{' '}
        <span className="casa-Changes-count">
          {trans._n('%1 file', '%1 files', total)}
        </span>
      </summary>
      {Object.keys(metadata).length > 0 && (
        <Facts
          rows={Object.entries(metadata).map(([name, value]) => [
            name,
            typeof value === 'string' ? value : JSON.stringify(value)
          ])}
        />
      )}
      <ul className="casa-Details-files">
        {files.map(({ file, identity, treename }) => (
          <li key={file}>
            {file}
            <small>
              {[treename, identity && `UUID ${identity}`]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </li>
        ))}
        <More count={total - files.length} trans={trans} />
      </ul>
    </details>
  );
}
