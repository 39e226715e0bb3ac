import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { TextButton } from '../../components/button';
import { formatExactCount } from '../../components/format';
import { useChanges } from '../../components/signals';
import type { FailureGroup, Run } from '../../services/models';
import { kindLabel } from './failuretexts';
import type { RunTabModel } from './model';
import { SectionsContext } from './sections';

interface IAlertProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** Says that something failed where it cannot be overlooked, and leads there. */
export function FailureAlert(props: IAlertProps): JSX.Element | null {
  const { model, run, trans } = props;
  useChanges(model.failures);
  const sections = React.useContext(SectionsContext);
  const element = React.useRef<HTMLDivElement>(null);
  const failed = run.progress.chunks_failed;
  if (failed === 0) {
    return null;
  }
  const kinds = new Map<FailureGroup['kind'], number>();
  for (const { chunks, kind } of model.failures.value?.groups ?? []) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + chunks);
  }
  const causes = [...kinds].map(
    ([kind, chunks]) => `${kindLabel(kind, trans)} ${formatExactCount(chunks)}`
  );
  const look = (): void => {
    sections.setOpen('failures', true);
    const found = element.current
      ?.closest('.casa-RunTab-content')
      ?.querySelector('[data-section=failures]');
    found?.scrollIntoView({ block: 'start' });
    found?.querySelector<HTMLElement>('.casa-RunTab-fold')?.focus();
  };
  return (
    <div
      ref={element}
      className="casa-Problem casa-FailureAlert"
      data-tone="bad"
    >
      <p>
        <strong>
          {trans._n('%1 chunk failed.', '%1 chunks failed.', failed)}
        </strong>{' '}
        {causes.join(' · ')}
      </p>
      <TextButton onClick={look}>{trans.__('Look into it')}</TextButton>
    </div>
  );
}
