import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { type IAction, useAction } from '../../components/action';
import { TextButton } from '../../components/button';
import { formatExactCount } from '../../components/format';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import type { FailureGroup, Run } from '../../services/models';
import { isActive } from '../states';
import { Group } from './failuregroup';
import { amountOf, amountText } from './failuretexts';
import type { RunTabModel } from './model';
import { Section } from './section';

interface IFailuresProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** What did not make it, grouped by cause; nothing where all did. */
export function Failures(props: IFailuresProps): JSX.Element | null {
  const { model, run, trans } = props;
  useChanges(model.failures);
  const action = useAction();
  const [chosen, setChosen] = React.useState<ReadonlySet<string>>(new Set());
  const { problem, value } = model.failures;
  const groups = value?.groups ?? [];
  const accepted = value?.accepted ?? [];
  if (groups.length === 0 && accepted.length === 0 && !problem) {
    return null;
  }
  const hasChoice = groups.length > 1 && hasEnded(run);
  const choice = hasChoice ? groups.filter(({ id }) => chosen.has(id)) : [];
  const choose = (id: string, isChosen: boolean): void => {
    const next = new Set(chosen);
    if (isChosen) {
      next.add(id);
    } else {
      next.delete(id);
    }
    setChosen(next);
  };
  return (
    <Section
      id="failures"
      title={trans.__('Failures')}
      remark={value?.total ? formatExactCount(value.total) : undefined}
      className="casa-RunTab-failures"
    >
      {problem && <Problem message={problem} tone="warning" />}
      {groups.length > 0 && (
        <Actions {...props} action={action} groups={groups} choice={choice} />
      )}
      {action.problem && <Problem message={action.problem} />}
      {groups.map((group, index) => (
        <Group
          key={group.id}
          group={group}
          isOpen={index === 0}
          isChosen={chosen.has(group.id)}
          onOpen={opener(model)}
          onChoose={
            hasChoice ? isChosen => choose(group.id, isChosen) : undefined
          }
          trans={trans}
        />
      ))}
      {accepted.length > 0 && (
        <Accepted {...props} action={action} groups={accepted} />
      )}
    </Section>
  );
}

interface IActionsProps extends IFailuresProps {
  readonly action: IAction;
  readonly groups: readonly FailureGroup[];
}

/** What can be done about all failures, or about those that are chosen. */
function Actions(
  props: IActionsProps & { readonly choice: readonly FailureGroup[] }
): JSX.Element | null {
  const { action, choice, groups, model, run, trans } = props;
  if (!hasEnded(run)) {
    return null;
  }
  const meant = choice.length > 0 ? choice : groups;
  const ids = choice.length > 0 ? choice.map(({ id }) => id) : null;
  const hasCode = meant.some(({ kind }) => kind === 'processor error');
  const accept = async (): Promise<void> => {
    if (await confirmAcceptance(meant, trans)) {
      await model.accept(ids, amountOf(meant).chunks);
    }
  };
  return (
    <>
      <div className="casa-Failure-actions">
        {canRetry(run) && (
          <TextButton
            icon={refreshIcon}
            primary={run.state === 'done' && !hasCode}
            disabled={action.busy}
            title={trans.__(
              'Process the failed chunks again, and nothing else'
            )}
            onClick={() => action.start(() => model.retry(ids))}
          >
            {ids ? trans.__('Retry these') : trans.__('Retry all')}
          </TextButton>
        )}
        {run.progress.chunks_done > 0 && (
          <TextButton
            disabled={action.busy}
            title={trans.__(
              'Count the run as complete without the failed chunks'
            )}
            onClick={() => action.start(accept)}
          >
            {ids ? trans.__('Accept these…') : trans.__('Exclude and accept…')}
          </TextButton>
        )}
      </div>
      {!canRetry(run) && (
        <p className="casa-RunTab-message">
          {trans.__(
            'Failures of a run in a notebook cannot be retried from here: mend what is wrong, and run its cell again.'
          )}
        </p>
      )}
      {canRetry(run) && hasCode && (
        <p className="casa-RunTab-message">
          {trans.__(
            'A retry runs the processor as it was launched. For a corrected one, launch a new run.'
          )}
        </p>
      )}
    </>
  );
}

/** What was accepted as missing, and the way back. */
function Accepted(props: IActionsProps): JSX.Element {
  const { action, groups, model, run, trans } = props;
  return (
    <details className="casa-Accepted">
      <summary>
        {trans.__(
          'Accepted as missing: %1',
          amountText(amountOf(groups), trans)
        )}
      </summary>
      {hasEnded(run) && canRetry(run) && (
        <div className="casa-Failure-actions">
          <TextButton
            icon={refreshIcon}
            disabled={action.busy}
            title={trans.__('Process what was accepted as missing after all')}
            onClick={() => action.start(() => model.retry(null, true))}
          >
            {trans.__('Retry after all')}
          </TextButton>
        </div>
      )}
      {groups.map(group => (
        <Group
          key={group.id}
          group={group}
          onOpen={opener(model)}
          trans={trans}
        />
      ))}
    </details>
  );
}

/** Returns what opens code in a notebook, where that can be done. */
function opener(
  model: RunTabModel
): ((code: string) => Promise<void>) | undefined {
  return model.opensNotebooks ? code => model.openNotebook(code) : undefined;
}

/** Asks whether the run is to do without the events of some failures. */
async function confirmAcceptance(
  groups: readonly FailureGroup[],
  trans: TranslationBundle
): Promise<boolean> {
  const amount = amountOf(groups);
  const { button } = await showDialog({
    title: trans.__('Exclude and Accept'),
    body: trans._n(
      'Leave %2 out of the result (%1 failed chunk)? Without it the run counts as complete, and says how much is missing. You can retry it later.',
      'Leave %2 out of the result (%1 failed chunks)? Without them the run counts as complete, and says how much is missing. You can retry them later.',
      amount.chunks,
      amountText(amount, trans)
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Exclude and Accept') })
    ],
    defaultButton: 0
  });
  return button.accept;
}

/** Whether something can be done about failures: of a lost run, a resume does it. */
function hasEnded(run: Run): boolean {
  return !isActive(run) && run.state !== 'lost';
}

/** Whether there is a driver that can be started again. */
function canRetry(run: Run): boolean {
  return run.code_kept;
}
