import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useChanges } from '../../components/signals';
import { SectionsContext } from './sections';

interface ISectionProps {
  /** Under which name it is remembered whether the section is open. */
  readonly id: string;
  readonly title: string;

  /** Said beside the title, such as a number of items. */
  readonly remark?: string;

  /** Buttons at the right of the title of an open section. */
  readonly actions?: React.ReactNode;

  /** Whether it is folded away until the user opens it. */
  readonly isFolded?: boolean;
  readonly className?: string;
  readonly children: React.ReactNode;
}

/** A part of the tab with a heading; what is folded away is not there at all. */
export function Section(props: ISectionProps): JSX.Element {
  const { actions, children, className = '', id, remark, title } = props;
  const sections = React.useContext(SectionsContext);
  useChanges(sections);
  const heading = React.useId();
  const isOpen = sections.isOpen(id, !props.isFolded);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <section
      className={`casa-RunTab-section ${className}`}
      aria-labelledby={heading}
      data-section={id}
    >
      <div className="casa-RunTab-heading">
        <h2>
          <button
            type="button"
            className="casa-RunTab-fold"
            aria-expanded={isOpen}
            onClick={() => sections.setOpen(id, !isOpen)}
          >
            <Caret.react tag={null} width="16px" height="16px" />
            <span id={heading}>{title}</span>
          </button>
        </h2>
        {remark && <span className="casa-RunTab-remark">{remark}</span>}
        {isOpen && actions && (
          <div className="casa-RunTab-actions">{actions}</div>
        )}
      </div>
      {isOpen && children}
    </section>
  );
}
