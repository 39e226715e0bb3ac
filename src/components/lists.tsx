import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';
import type { IManager } from '../services/manager';
import { TextButton } from './button';
import { Problem } from './message';

interface IListStateProps {
  manager: IManager;
  trans: TranslationBundle;
}

/** Says above a manager's list that it is on its way, or why it could not be had. */
export function ListState({
  manager,
  trans
}: IListStateProps): JSX.Element | null {
  if (manager.problem !== null) {
    return (
      <Problem message={manager.problem}>
        <TextButton onClick={() => void manager.refresh()}>
          {trans.__('Try Again')}
        </TextButton>
      </Problem>
    );
  }
  return manager.isReady ? null : (
    <p className="casa-Note">{trans.__('Loading…')}</p>
  );
}
