import type { TranslationBundle } from '@jupyterlab/translation';
import { filterIcon, HTMLSelect } from '@jupyterlab/ui-components';
import React, { useEffect, useRef, useState } from 'react';
import { TextButton } from '../../components/button';
import { formatCount } from '../../components/format';
import type { RunState } from '../../services/models';
import { stateLabel } from '../states';
import { NO_FILTER } from './filter';
import type { RunListModel } from './model';

/** In the order in which a run goes through them. */
const STATES: readonly RunState[] = [
  'queued',
  'preparing',
  'running',
  'paused',
  'finishing',
  'done',
  'stopped',
  'failed',
  'lost'
];

interface IProps {
  readonly model: RunListModel;
  readonly trans: TranslationBundle;
}

/** Lets the user say which runs are shown. */
export function FilterBar({ model, trans }: IProps): JSX.Element {
  const { filter } = model;
  const [isOpen, setOpen] = useState(false);
  const choices =
    Number(filter.state !== null) +
    Number(filter.tag !== null) +
    Number(filter.archived);
  return (
    <div className="casa-RunFilter" role="search">
      <div className="casa-RunFilter-line">
        <input
          type="search"
          className="jp-mod-styled casa-Input"
          aria-label={trans.__('Search runs')}
          placeholder={trans.__('Search runs')}
          title={trans.__(
            'Words in the name, tags, note, datasets, processor or id'
          )}
          value={filter.search}
          onChange={event => model.setFilter({ search: event.target.value })}
        />
        <button
          type="button"
          className="casa-IconButton"
          aria-expanded={isOpen}
          aria-pressed={choices > 0}
          aria-label={trans.__('Filter by state and tag')}
          title={trans.__('Filter by state and tag')}
          onClick={() => setOpen(!isOpen)}
        >
          <filterIcon.react tag={null} width="16px" height="16px" />
        </button>
      </div>
      {(isOpen || choices > 0) && <Choices model={model} trans={trans} />}
    </div>
  );
}

function Choices({ model, trans }: IProps): JSX.Element {
  const { filter, tags } = model;
  const shown =
    filter.tag === null || tags.includes(filter.tag)
      ? tags
      : [...tags, filter.tag];
  return (
    <div className="casa-RunFilter-choices">
      <HTMLSelect
        className="casa-Select"
        aria-label={trans.__('State')}
        value={filter.state ?? ''}
        onChange={({ target }) =>
          model.setFilter({
            state: STATES.find(state => state === target.value) ?? null
          })
        }
      >
        <option value="">{trans.__('Any state')}</option>
        {STATES.map(state => (
          <option key={state} value={state}>
            {stateLabel(state, trans)}
          </option>
        ))}
      </HTMLSelect>
      <HTMLSelect
        className="casa-Select"
        aria-label={trans.__('Tag')}
        value={filter.tag ?? ''}
        disabled={shown.length === 0}
        onChange={({ target }) =>
          model.setFilter({ tag: target.value || null })
        }
      >
        <option value="">
          {shown.length > 0 ? trans.__('Any tag') : trans.__('No tags yet')}
        </option>
        {shown.map(tag => (
          <option key={tag} value={tag}>
            {tag}
          </option>
        ))}
      </HTMLSelect>
      <label className="casa-RunFilter-archived">
        <input
          type="checkbox"
          checked={filter.archived}
          onChange={({ target }) =>
            model.setFilter({ archived: target.checked })
          }
        />
        {trans.__('Archived')}
      </label>
      {(filter.state !== null || filter.tag !== null || filter.archived) && (
        <TextButton
          onClick={() =>
            model.setFilter({ ...NO_FILTER, search: filter.search })
          }
        >
          {trans.__('Clear')}
        </TextButton>
      )}
    </div>
  );
}

/** Fetches older runs when the user comes to the end of the list. */
export function MoreRuns({ model, trans }: IProps): JSX.Element {
  const end = useRef<HTMLDivElement>(null);
  const shown = model.rows.length;
  useEffect(() => {
    const { current } = end;
    if (!current || typeof IntersectionObserver === 'undefined') {
      return;
    }
    const observer = new IntersectionObserver(entries => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) {
        void model.loadMore();
      }
    });
    observer.observe(current);
    return () => observer.disconnect();
    // Observed anew when there are more runs: the end may be in view still.
  }, [model, shown]);
  return (
    <div ref={end} className="casa-Note casa-MoreRuns">
      <span>
        {trans.__(
          '%1 of %2 runs',
          formatCount(shown),
          formatCount(model.total)
        )}
      </span>
      <TextButton disabled={model.isBusy} onClick={() => void model.loadMore()}>
        {trans.__('Show More')}
      </TextButton>
    </div>
  );
}

/** The tags of a run. */
export function Tags({ tags }: { tags: readonly string[] }): JSX.Element {
  return (
    <span className="casa-Tags">
      {tags.map(tag => (
        <span key={tag} className="casa-Tag" title={tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}
