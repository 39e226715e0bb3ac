import type { TranslationBundle } from '@jupyterlab/translation';
import { InputGroup, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../../components/button';
import { type IDraggedCode, dragsCell } from '../../components/celldrag';
import { EmptyState, Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import {
  Controls,
  FullPlot,
  type HistogramModel,
  Thumbnail,
  partialList,
  partialRange,
  partialText,
  pinIcon,
  useSignal
} from '../../histograms';
import { casaIcon } from '../../icons';
import type { Run } from '../../services/models';
import { isActive } from '../states';
import type { RunTabModel } from './model';
import { Section } from './section';
import type { TakeAwayModel } from './takeaway/model';
import { TakeAway } from './takeaway/view';

/** With more histograms than this, they can be searched. */
const MANY = 8;

interface IGalleryProps {
  readonly model: RunTabModel;
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** The histograms: one in full, and small pictures of all to choose from. */
export function Gallery({ model, run, trans }: IGalleryProps): JSX.Element {
  useChanges(model.catalog);
  const { catalog, histograms, selected } = model;
  return (
    <Section
      id="histograms"
      title={trans.__('Histograms')}
      remark={histograms.length > 0 ? String(histograms.length) : undefined}
      className="casa-RunTab-histograms"
    >
      {catalog.problem && <Problem message={catalog.problem} tone="warning" />}
      <Connection model={model} trans={trans} />
      {selected ? (
        <Selected
          key={selected.path}
          histogram={selected}
          model={model}
          run={run}
          trans={trans}
        />
      ) : (
        !catalog.problem && (
          <EmptyState icon={casaIcon} message={emptyText(model, run, trans)} />
        )
      )}
      {histograms.length > 1 && <Choice model={model} trans={trans} />}
    </Section>
  );
}

interface IHistogramProps {
  readonly histogram: HistogramModel;
  readonly trans: TranslationBundle;
}

/** The histogram that is shown in full, with the choices that it leaves. */
function Selected({
  histogram,
  model,
  run,
  trans
}: IHistogramProps & IGalleryProps): JSX.Element {
  const { takeAway } = model;
  return (
    <div className="casa-RunTab-selected">
      <div className="casa-RunTab-plotTitle">
        <PlotName histogram={histogram} takeAway={takeAway} trans={trans} />
        <Fraction histogram={histogram} trans={trans} />
        {model.compared.length === 0 && (
          <Pin model={model} run={run} trans={trans} />
        )}
      </div>
      <Controls model={histogram} runs={model.comparable} trans={trans} />
      <FullPlot model={histogram} trans={trans} />
      {takeAway && histogram.view && (
        <TakeAway
          model={takeAway}
          histogram={histogram}
          all={model.histograms}
          trans={trans}
        />
      )}
    </div>
  );
}

/** The name of the histogram, by which it is dragged into a notebook. */
function PlotName({
  histogram,
  takeAway,
  trans
}: IHistogramProps & { takeAway: TakeAwayModel | null }): JSX.Element {
  if (!takeAway || !histogram.view) {
    return <h3>{histogram.path}</h3>;
  }
  return (
    <h3
      className="casa-mod-draggable"
      title={trans.__('Drag into a notebook: a cell that draws this')}
      onPointerDown={dragsCell(() => draggedCode(takeAway, histogram))}
    >
      {histogram.path}
    </h3>
  );
}

async function draggedCode(
  takeAway: TakeAwayModel,
  histogram: HistogramModel
): Promise<IDraggedCode> {
  const code = await takeAway.code(histogram);
  return { code, label: histogram.path };
}

/** Makes this run the one that others are compared with. */
function Pin({ model, run, trans }: IGalleryProps): JSX.Element {
  const { pin } = model;
  useSignal(pin.changed);
  const isPinned = pin.value?.id === run.id;
  return (
    <>
      {pin.value && !isPinned && (
        <span className="casa-RunTab-part" title={pin.value.name}>
          {trans.__('Reference: %1', pin.value.name)}
        </span>
      )}
      <IconButton
        icon={pinIcon}
        label={
          isPinned
            ? trans.__('Compare other runs with this one no more')
            : trans.__('Compare other runs with this one')
        }
        pressed={isPinned}
        onClick={() => {
          pin.value = isPinned ? null : { id: run.id, name: run.name };
        }}
      />
    </>
  );
}

/** Says of a partial histogram how much is in it. */
function Fraction({ histogram, trans }: IHistogramProps): JSX.Element | null {
  useSignal(histogram.frameChanged);
  const { frame } = histogram;
  const part = frame && partialText(frame.header.fractions, trans);
  return part ? (
    <span
      className="casa-RunTab-part"
      title={partialList(frame.header.fractions)}
    >
      {trans.__('Partial: %1', part)}
    </span>
  ) : null;
}

/** Small pictures of the histograms. */
function Choice({ model, trans }: Omit<IGalleryProps, 'run'>): JSX.Element {
  const [filter, setFilter] = React.useState('');
  const wanted = filter.trim().toLowerCase();
  const shown = model.histograms.filter(({ histogram, path }) =>
    `${path} ${histogram.label}`.toLowerCase().includes(wanted)
  );
  return (
    <>
      {model.histograms.length > MANY && (
        <InputGroup
          className="casa-RunTab-filter"
          type="search"
          value={filter}
          placeholder={trans.__('Filter histograms')}
          aria-label={trans.__('Filter histograms')}
          rightIcon={searchIcon}
          onChange={event => setFilter(event.target.value)}
        />
      )}
      <ul
        className="casa-RunTab-thumbnails"
        aria-label={trans.__('All histograms')}
      >
        {shown.map(histogram => (
          <Picture
            key={histogram.path}
            histogram={histogram}
            isSelected={histogram === model.selected}
            model={model}
            trans={trans}
          />
        ))}
      </ul>
      {shown.length === 0 && (
        <p className="casa-RunTab-message">
          {trans.__('No histogram has "%1" in its name.', filter.trim())}
        </p>
      )}
    </>
  );
}

/** A small picture; memoized, for news of the run should not draw hundreds again. */
const Picture = React.memo(function Picture({
  histogram,
  isSelected,
  model,
  trans
}: IHistogramProps & {
  readonly isSelected: boolean;
  readonly model: RunTabModel;
}): JSX.Element {
  const { takeAway } = model;
  return (
    <li>
      <button
        type="button"
        aria-pressed={isSelected}
        title={histogram.path}
        onClick={() => model.select(histogram)}
        onPointerDown={event => {
          if (takeAway && histogram.view) {
            dragsCell(() => draggedCode(takeAway, histogram), true)(event);
          }
        }}
      >
        <ThumbnailName histogram={histogram} />
        <Thumbnail model={histogram} trans={trans} />
      </button>
    </li>
  );
});

/** The name of a histogram and, of a partial one, how much is in it. */
function ThumbnailName({
  histogram
}: Pick<IHistogramProps, 'histogram'>): JSX.Element {
  useSignal(histogram.frameChanged);
  const range = partialRange(histogram.frame?.header.fractions ?? {});
  return (
    <span className="casa-RunTab-thumbnailName">
      <ShortPath path={histogram.path} />
      {range && <span>{range}</span>}
    </span>
  );
}

/** A path of which, where room is short, the end stays: what is told apart by it differs there. */
function ShortPath({ path }: { readonly path: string }): JSX.Element {
  const end = path.lastIndexOf('/') + 1;
  return (
    <span className="casa-RunTab-path">
      {end > 0 && <span>{path.slice(0, end)}</span>}
      <span>{path.slice(end)}</span>
    </span>
  );
}

/** Says when histograms stand still because the server does not answer. */
function Connection({
  model,
  trans
}: Omit<IGalleryProps, 'run'>): JSX.Element | null {
  const { stream } = model;
  useSignal(stream.connectionChanged);
  return stream.isConnected ? null : (
    <Problem
      tone="warning"
      message={trans.__(
        'The server does not answer; histograms go on when it is back. The run is not affected.'
      )}
    />
  );
}

function emptyText(
  { catalog }: RunTabModel,
  run: Run,
  trans: TranslationBundle
): string {
  if (catalog.value) {
    return trans.__(
      'There are no histograms in what the processor returns. Its result holds the rest.'
    );
  }
  if (run.histograms_sequence > 0) {
    return trans.__('Loading…');
  }
  if (!isActive(run)) {
    return trans.__('The run ended before it had any histograms.');
  }
  return run.state === 'running'
    ? trans.__('The first histograms show as soon as a chunk is done.')
    : run.message || trans.__('Waiting for workers…');
}
