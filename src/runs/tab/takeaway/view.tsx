import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  checkIcon,
  copyIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { TextButton } from '../../../components/button';
import { Problem } from '../../../components/message';
import {
  Choice,
  type HistogramModel,
  NumberField,
  TextField,
  Toggle,
  useSignal,
  valuesText
} from '../../../histograms';
import type { ExportFormat, Look } from '../../../services/models';
import { messageOf } from '../../../services/request';
import type { TakeAwayModel } from './model';

/** How long it shows that something was copied, in milliseconds. */
const MOMENT = 1500;

const PICTURES: readonly (readonly [ExportFormat, string])[] = [
  ['png', 'PNG'],
  ['svg', 'SVG'],
  ['pdf', 'PDF']
];

const NUMBERS: readonly (readonly [ExportFormat, string])[] = [
  ['root', 'ROOT'],
  ['uhi', 'UHI JSON'],
  ['csv', 'CSV'],
  ['hepdata', 'HEPData']
];

interface ITakeAwayProps {
  readonly model: TakeAwayModel;

  /** The histogram that is shown in full. */
  readonly histogram: HistogramModel;

  /** All histograms of the run. */
  readonly all: readonly HistogramModel[];
  readonly trans: TranslationBundle;
}

/** Saves histograms as files, in formats and a look to choose, and copies them. */
export function TakeAway(props: ITakeAwayProps): JSX.Element {
  const { all, histogram, model, trans } = props;
  useSignal(model.changed);
  const [isOpen, setIsOpen] = React.useState(false);
  const [isAll, setIsAll] = React.useState(false);
  const drawable = all.filter(({ view }) => view !== null);
  const histograms = isAll ? drawable : [histogram];
  return (
    <div className="casa-TakeAway">
      <div className="casa-TakeAway-buttons">
        <TextButton
          icon={isOpen ? caretDownIcon : caretRightIcon}
          expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {trans.__('Save as')}
        </TextButton>
        <Copies model={model} histogram={histogram} trans={trans} />
      </div>
      {isOpen && (
        <div
          className="casa-TakeAway-panel"
          role="group"
          aria-label={trans.__('Save as')}
          onKeyDown={event => event.key === 'Escape' && setIsOpen(false)}
        >
          <Formats
            title={trans.__('Picture')}
            formats={PICTURES}
            model={model}
            histograms={histograms}
          />
          <LookFields model={model} trans={trans} />
          <Formats
            title={trans.__('Numbers')}
            formats={NUMBERS}
            model={model}
            histograms={histograms}
          />
          <Toggle
            label={trans.__('Every axis and category')}
            title={trans.__(
              'Saves the whole histogram in place of what is shown, as ROOT, UHI JSON or CSV'
            )}
            checked={model.whole}
            onChange={whole => {
              model.whole = whole;
            }}
          />
          {drawable.length > 1 && (
            <Toggle
              label={trans.__('All %1 histograms', drawable.length)}
              title={trans.__('Saves them as one archive, each as it is shown')}
              checked={isAll}
              onChange={setIsAll}
            />
          )}
          <p className="casa-TakeAway-state" role="status">
            {model.busy ? trans.__('Making the file…') : ''}
          </p>
        </div>
      )}
      {model.problem && <Problem message={model.problem} />}
    </div>
  );
}

interface IFormatsProps {
  readonly model: TakeAwayModel;
  readonly histograms: readonly HistogramModel[];
  readonly title: string;
  readonly formats: readonly (readonly [ExportFormat, string])[];
}

function Formats(props: IFormatsProps): JSX.Element {
  const { formats, histograms, model, title } = props;
  return (
    <div className="casa-TakeAway-formats" role="group" aria-label={title}>
      <span>{title}</span>
      {formats.map(([format, name]) => (
        <TextButton
          key={format}
          disabled={model.busy !== null}
          onClick={() => void model.save(format, histograms)}
        >
          {name}
        </TextButton>
      ))}
    </div>
  );
}

/** Whose picture it is, and of which data. */
function LookFields({
  model,
  trans
}: Pick<ITakeAwayProps, 'model' | 'trans'>): JSX.Element {
  const { looks } = model;
  useSignal(looks.changed);
  const { energy, luminosity, status, style } = looks.look;
  return (
    <div className="casa-TakeAway-look">
      <Choice
        label={trans.__('Style')}
        value={style}
        options={[
          ['cms', 'CMS'],
          ['atlas', 'ATLAS'],
          ['lhcb', 'LHCb'],
          ['plain', trans.__('Plain')]
        ]}
        onChange={style => looks.choose({ style: style as Look['style'] })}
      />
      <TextField
        label={trans.__('Status')}
        value={status}
        placeholder={trans.__('Preliminary')}
        onChange={status => looks.choose({ status })}
      />
      <NumberField
        label={trans.__('Luminosity [1/fb]')}
        value={luminosity}
        onChange={luminosity => looks.choose({ luminosity })}
      />
      <NumberField
        label={trans.__('Energy [TeV]')}
        value={energy}
        onChange={energy => looks.choose({ energy })}
      />
    </div>
  );
}

interface ICopiesProps {
  readonly model: TakeAwayModel;
  readonly histogram: HistogramModel;
  readonly trans: TranslationBundle;
}

/** Copies a histogram: as code that draws it, and as a table. */
function Copies({ histogram, model, trans }: ICopiesProps): JSX.Element {
  useSignal(histogram.frameChanged);
  const { frame } = histogram;
  return (
    <>
      <CopyText
        label={trans.__('Copy as code')}
        title={trans.__('Copy Python that draws this with hist and mplhep')}
        done={trans.__('Copied')}
        onFail={error => model.tell(messageOf(error))}
        text={() => model.code(histogram)}
      />
      {frame && (
        <CopyText
          label={trans.__('Copy values')}
          title={trans.__('Copy a table of bins, contents and uncertainties')}
          done={trans.__('Copied')}
          onFail={error => model.tell(messageOf(error))}
          text={async () => valuesText(frame)}
        />
      )}
    </>
  );
}

interface ICopyTextProps {
  readonly label: string;
  readonly title: string;

  /** What the button says for a moment afterwards. */
  readonly done: string;
  readonly text: () => Promise<string>;
  readonly onFail: (error: unknown) => void;
}

function CopyText(props: ICopyTextProps): JSX.Element {
  const { done, label, onFail, text, title } = props;
  const [isDone, setIsDone] = React.useState(false);
  React.useEffect(() => {
    if (!isDone) {
      return;
    }
    const timer = window.setTimeout(() => setIsDone(false), MOMENT);
    return () => window.clearTimeout(timer);
  }, [isDone]);
  return (
    <TextButton
      icon={isDone ? checkIcon : copyIcon}
      title={title}
      onClick={() => {
        text()
          .then(copied => {
            Clipboard.copyToSystem(copied);
            setIsDone(true);
          })
          .catch(onFail);
      }}
    >
      {isDone ? done : label}
    </TextButton>
  );
}
