import * as React from 'react';

interface ISectionProps {
  readonly title: string;

  /** Said beside the title, such as a number of items. */
  readonly remark?: string;

  /** Buttons at the right of the title. */
  readonly actions?: React.ReactNode;
  readonly className?: string;
  readonly children: React.ReactNode;
}

/** A part of the tab with a heading. */
export function Section(props: ISectionProps): JSX.Element {
  const { actions, children, className = '', remark, title } = props;
  const heading = React.useId();
  return (
    <section
      className={`casa-RunTab-section ${className}`}
      aria-labelledby={heading}
    >
      <div className="casa-RunTab-heading">
        <h2 id={heading}>{title}</h2>
        {remark && <span className="casa-RunTab-remark">{remark}</span>}
        {actions && <div className="casa-RunTab-actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
