import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useMemo, useRef, useState } from 'react';
import type { Processor } from '../../services/models';
import { isLocation } from './form';

interface IProcessorPickerProps {
  /** What there is to choose from, or null while that is searched for. */
  processors: readonly Processor[] | null;

  /** The location chosen or typed. */
  value: string;

  onChange: (location: string) => void;

  /** Told of what is typed, which may name what is not in the list. */
  onType: (text: string) => void;

  /** Why there is nothing of what was typed, or null. */
  remark: string | null;
  trans: TranslationBundle;
}

/**
 * A search box over a list of processors, grouped by file.
 *
 * What is typed narrows the list; what names a class (`file.py:Class`) can be
 * used although it is not in the list, and may be added to it.
 */
export function ProcessorPicker(props: IProcessorPickerProps): JSX.Element {
  const { processors, value, onChange, onType, remark, trans } = props;
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const matches = useMemo(
    () => findMatches(processors ?? [], query),
    [processors, query]
  );
  const chosen = matches.findIndex(({ location }) => location === value);

  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const type = (text: string) => {
    setQuery(text);
    onType(text);
    const found = findMatches(processors ?? [], text);
    if (isLocation(text) || found.length === 0) {
      onChange(text);
    } else if (!found.some(({ location }) => location === value)) {
      // What is no longer seen should not be launched.
      onChange('');
    }
  };

  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && matches.length > 0) {
      event.preventDefault();
      const next = chosen < 0 && step < 0 ? -1 : chosen + step;
      onChange(matches[(next + matches.length) % matches.length].location);
    }
  };

  return (
    <div className="casa-ProcessorPicker">
      <input
        type="text"
        className="jp-mod-styled casa-Input"
        role="combobox"
        aria-label={trans.__('Processor')}
        aria-controls="casa-processors"
        aria-expanded="true"
        aria-activedescendant={chosen < 0 ? undefined : optionId(chosen)}
        placeholder={trans.__('Search, or type file.py:Name or module:Name')}
        spellCheck={false}
        value={query}
        onChange={event => type(event.target.value)}
        onKeyDown={move}
      />
      <div
        id="casa-processors"
        className="casa-List casa-ProcessorPicker-list"
        role="listbox"
        aria-label={trans.__('Processors')}
        ref={list}
      >
        {processors === null ? (
          <p className="casa-List-note">
            {trans.__('Looking for processors…')}
          </p>
        ) : matches.length === 0 ? (
          <p className="casa-List-note">
            {nothingFound(query, processors, remark, trans)}
          </p>
        ) : (
          byFile(matches).map(([file, group]) => (
            <div key={file} role="group" aria-label={file}>
              <div className="casa-List-heading" title={file}>
                {file}
              </div>
              {group.map(({ index, processor }) => (
                <div
                  key={processor.location}
                  id={optionId(index)}
                  className="casa-Option"
                  role="option"
                  aria-selected={index === chosen}
                  onClick={() => onChange(processor.location)}
                >
                  <span className="casa-Option-name">{processor.name}</span>
                  {processor.summary && (
                    <span
                      className="casa-Option-summary"
                      title={processor.summary}
                    >
                      {processor.summary}
                    </span>
                  )}
                </div>
              ))}
            </div>
          ))
        )}
      </div>
    </div>
  );
}

function findMatches(
  processors: readonly Processor[],
  query: string
): readonly Processor[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return processors.filter(({ location, summary }) => {
    const text = `${location} ${summary}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
}

function byFile(
  processors: readonly Processor[]
): [string, { index: number; processor: Processor }[]][] {
  const groups = new Map<string, { index: number; processor: Processor }[]>();
  processors.forEach((processor, index) => {
    const group = groups.get(processor.file) ?? [];
    groups.set(processor.file, [...group, { index, processor }]);
  });
  return [...groups];
}

function nothingFound(
  query: string,
  processors: readonly Processor[],
  remark: string | null,
  trans: TranslationBundle
): string {
  if (remark !== null) {
    return remark;
  }
  if (isLocation(query)) {
    return trans.__('"%1" will be used.', query.trim());
  }
  return processors.length === 0
    ? trans.__(
        'No processor was found in the Python files here. Write one, or type its file and class.'
      )
    : trans.__('No processor matches.');
}

function optionId(index: number): string {
  return `casa-processor-${index}`;
}
