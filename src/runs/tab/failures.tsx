import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../../components/button';
import { formatExactCount } from '../../components/format';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import type { Failure } from '../../services/models';
import { type IFailureGroup, groupFailures } from './causes';
import type { RunTabModel } from './model';
import { Section } from './section';

/** Failures of a group that are listed before the user asks for more. */
const PAGE = 20;

interface IFailuresProps {
  readonly model: RunTabModel;
  readonly trans: TranslationBundle;
}

/** What did not make it, grouped by cause; nothing where all did. */
export function Failures({ model, trans }: IFailuresProps): JSX.Element | null {
  useChanges(model.failures);
  const { problem, value } = model.failures;
  const groups = React.useMemo(
    () => groupFailures(value?.failures ?? []),
    [value]
  );
  if (groups.length === 0 && !problem) {
    return null;
  }
  const total = value?.total ?? 0;
  const listed = value?.failures.length ?? 0;
  return (
    <Section
      title={trans.__('Failures')}
      remark={formatExactCount(total)}
      className="casa-RunTab-failures"
    >
      {problem && <Problem message={problem} tone="warning" />}
      {groups.map((group, index) => (
        <Group
          key={`${group.kind}/${group.cause}`}
          group={group}
          isOpen={index === 0}
          trans={trans}
        />
      ))}
      {listed < total && (
        <p className="casa-RunTab-message">
          {trans.__(
            'The first %1 of %2 failures are listed.',
            formatExactCount(listed),
            formatExactCount(total)
          )}
        </p>
      )}
    </Section>
  );
}

interface IGroupProps {
  readonly group: IFailureGroup;

  /** Whether the group is open at first. */
  readonly isOpen: boolean;
  readonly trans: TranslationBundle;
}

function Group({ group, isOpen, trans }: IGroupProps): JSX.Element {
  const [count, setCount] = React.useState(PAGE);
  const { cause, failures, kind } = group;
  const rest = failures.length - count;
  return (
    <details className="casa-FailureGroup" open={isOpen || undefined}>
      <summary>
        <span className="casa-FailureGroup-count">
          {formatExactCount(failures.length)}
        </span>
        <span>
          <strong>{kindLabel(kind, trans)}.</strong> {cause}
        </span>
      </summary>
      <ul>
        {failures.slice(0, count).map((failure, index) => (
          <FailureItem key={index} failure={failure} trans={trans} />
        ))}
      </ul>
      {rest > 0 && (
        <button
          type="button"
          className="casa-RunTab-link"
          onClick={() => setCount(count + 5 * PAGE)}
        >
          {trans.__('Show more (%1 left)', formatExactCount(rest))}
        </button>
      )}
    </details>
  );
}

interface IFailureItemProps {
  readonly failure: Failure;
  readonly trans: TranslationBundle;
}

function FailureItem({ failure, trans }: IFailureItemProps): JSX.Element {
  const { attempts, dataset, exception, file, traceback, worker } = failure;
  const where = [dataset, entriesText(failure, trans)];
  if (attempts > 1) {
    where.push(trans.__('%1 attempts', attempts));
  }
  if (worker) {
    where.push(worker);
  }
  return (
    <li className="casa-Failure">
      <div className="casa-Failure-file" title={file}>
        {file}
      </div>
      <div className="casa-Failure-where">{where.join(' · ')}</div>
      {(traceback || exception) && (
        <details>
          <summary>{exception || trans.__('Traceback')}</summary>
          <div className="casa-Failure-traceback">
            <IconButton
              icon={copyIcon}
              label={trans.__('Copy all about this failure')}
              onClick={() => Clipboard.copyToSystem(failureText(failure))}
            />
            <pre tabIndex={0}>{traceback || exception}</pre>
          </div>
        </details>
      )}
    </li>
  );
}

/** What a user pastes into a mail to whom it concerns. */
export function failureText(failure: Failure): string {
  const { cause, dataset, entry_start, entry_stop, file, treename } = failure;
  const entries =
    entry_start === null || entry_stop === null
      ? ''
      : ` [${entry_start}:${entry_stop}]`;
  return [
    cause,
    `${dataset}: ${file}:${treename}${entries}`,
    failure.traceback || failure.exception
  ].join('\n\n');
}

function entriesText(
  { entry_start, entry_stop }: Failure,
  trans: TranslationBundle
): string {
  return entry_start === null || entry_stop === null
    ? trans.__('whole file')
    : trans.__(
        'entries %1 to %2',
        formatExactCount(entry_start),
        formatExactCount(entry_stop)
      );
}

function kindLabel(kind: Failure['kind'], trans: TranslationBundle): string {
  switch (kind) {
    case 'file missing':
      return trans.__('File missing');
    case 'file damaged':
      return trans.__('File damaged');
    case 'tree missing':
      return trans.__('Tree missing');
    case 'processor error':
      return trans.__('Error in the processor');
    case 'worker lost':
      return trans.__('Worker lost');
    case 'other':
      return trans.__('Other');
  }
}
