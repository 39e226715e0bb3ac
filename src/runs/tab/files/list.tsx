import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretLeftIcon,
  caretRightIcon,
  closeIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../../../components/button';
import { formatExactCount } from '../../../components/format';
import { Problem } from '../../../components/message';
import { MiddleEllipsis } from '../../../components/name';
import { useChanges } from '../../../components/signals';
import { StateDot } from '../../../components/tone';
import type { RunFile } from '../../../services/models';
import type { FilesModel } from './model';
import {
  choiceText,
  fileFailureText,
  fileStateLabel,
  fileText,
  fileTone
} from './texts';

interface IFileListProps {
  readonly model: FilesModel;
  readonly trans: TranslationBundle;
}

/** The files that the user chose, page by page. */
export function FileList({ model, trans }: IFileListProps): JSX.Element | null {
  useChanges(model);
  const { choice, offset, page, problem } = model;
  if (choice === null) {
    return null;
  }
  const title = choiceText(choice, trans);
  return (
    <div className="casa-FileList" role="region" aria-label={title}>
      <div className="casa-FileList-heading">
        <h3>{title}</h3>
        {page && page.total > page.files.length && (
          <>
            <span className="casa-RunTab-remark">
              {trans.__(
                '%1 to %2 of %3',
                formatExactCount(offset + 1),
                formatExactCount(offset + page.files.length),
                formatExactCount(page.total)
              )}
            </span>
            <IconButton
              icon={caretLeftIcon}
              label={trans.__('Files before these')}
              disabled={!model.hasPrevious}
              onClick={() => model.turn(-1)}
            />
            <IconButton
              icon={caretRightIcon}
              label={trans.__('Files after these')}
              disabled={!model.hasNext}
              onClick={() => model.turn(1)}
            />
          </>
        )}
        <span className="casa-RunTab-actions">
          <IconButton
            icon={closeIcon}
            label={trans.__('Close the list of files')}
            onClick={() => model.choose(null)}
          />
        </span>
      </div>
      {problem && <Problem message={problem} tone="warning" />}
      {page?.files.length === 0 && (
        <p className="casa-RunTab-message">
          {trans.__('There are none at present.')}
        </p>
      )}
      <ul>
        {page?.files.map(file => (
          <FileRow
            key={`${file.dataset} ${file.file}`}
            file={file}
            trans={trans}
          />
        ))}
      </ul>
    </div>
  );
}

interface IFileRowProps {
  readonly file: RunFile;
  readonly trans: TranslationBundle;
}

function FileRow({ file, trans }: IFileRowProps): JSX.Element {
  return (
    <li className="casa-FileRow">
      <StateDot
        tone={fileTone(file.state)}
        label={fileStateLabel(file.state, trans)}
      />
      <div>
        <MiddleEllipsis text={file.file} />
        <div className="casa-Failure-where">{fileText(file, trans)}</div>
        {file.failure && (
          <div className="casa-FileRow-failure">
            {fileFailureText(file.failure, trans)}
          </div>
        )}
      </div>
    </li>
  );
}
