/** Where a piece of text stands relative to the line. */
export type Script = 'base' | 'sub' | 'super';

/** A piece of text in one style. */
export interface ITextRun {
  readonly text: string;
  readonly script: Script;
  readonly italic: boolean;
}

/** What turns the direction of all that follows: a legend goes on after a name. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Size of a subscript or superscript relative to the line's. */
export const SCRIPT_SCALE = 0.72;

/**
 * Reads an axis label with mathematics between dollar signs, such as
 * `$p_T$ [GeV]` or `$m_{\mu\mu}$`.
 *
 * Knows the part of TeX that labels of histograms use; a command that it does
 * not know is shown by its name.
 */
export function parseLabel(label: string): ITextRun[] {
  const parts = label.replace(DIRECTIONS, '').split('$');
  // Without a closing sign the dollar was meant as such.
  if (parts.length % 2 === 0) {
    return [{ text: parts.join('$'), script: 'base', italic: false }];
  }
  const runs = parts.flatMap((part, index) =>
    index % 2 === 0
      ? [{ text: part, script: 'base', italic: false } as const]
      : new MathParser(part).parse()
  );
  return merge(runs);
}

/** Returns the label as text without markup, for titles and screen readers. */
export function plainLabel(label: string): string {
  return parseLabel(label)
    .map(run => run.text)
    .join('');
}

/** Estimates the width of text in pixels, without asking the browser. */
export function textWidth(runs: readonly ITextRun[], size: number): number {
  return (
    runs.reduce((width, { text, script }) => {
      const scale = script === 'base' ? 1 : SCRIPT_SCALE;
      return width + [...text].reduce((sum, c) => sum + advance(c), 0) * scale;
    }, 0) * size
  );
}

/** Width of a character of a sans-serif font in units of its size. */
function advance(character: string): number {
  if (/[\u0300-\u036f]/.test(character)) {
    return 0;
  }
  if (/[ijlI.,:;'|!()[\]{} ]/.test(character)) {
    return 0.3;
  }
  return /[mwMW%]/.test(character) ? 0.85 : /[A-Z]/.test(character) ? 0.7 : 0.6;
}

class MathParser {
  constructor(private readonly _source: string) {}

  parse(): ITextRun[] {
    return this._sequence('base', true, '');
  }

  /** Reads up to the closing character, or to the end. */
  private _sequence(script: Script, italic: boolean, end: string): ITextRun[] {
    const runs: ITextRun[] = [];
    while (this._position < this._source.length) {
      if (this._source[this._position] === end) {
        this._position++;
        break;
      }
      runs.push(...this._token(script, italic));
    }
    return runs;
  }

  /** Reads one character, command or group. */
  private _token(script: Script, italic: boolean): ITextRun[] {
    const character = this._source[this._position++] ?? '';
    switch (character) {
      case '{':
        return this._sequence(script, italic, '}');
      case '_':
        return this._token('sub', italic);
      case '^':
        return this._token('super', italic);
      case '\\':
        return this._command(script, italic);
      case ' ':
      case '}':
        return [];
      case '-':
        return [{ text: '\u2212', script, italic: false }];
      case "'":
        return [{ text: '\u2032', script, italic: false }];
      case '~':
        return [{ text: '\u00a0', script, italic: false }];
      default:
        return [
          {
            text: character,
            script,
            italic: italic && /\p{L}/u.test(character)
          }
        ];
    }
  }

  private _command(script: Script, italic: boolean): ITextRun[] {
    const name =
      /^(?:[A-Za-z]+|.)/.exec(this._source.slice(this._position))?.[0] ?? '';
    this._position += name.length;
    if (UPRIGHT.has(name)) {
      return this._upright(script);
    }
    if (name in ACCENTS) {
      return this._token(script, italic).map(run => ({
        ...run,
        text: [...run.text].map(c => c + ACCENTS[name]).join('')
      }));
    }
    if (name === 'sqrt') {
      const radicand = this._token(script, italic);
      return [{ text: '\u221a', script, italic: false }, ...radicand];
    }
    if (name === 'frac') {
      const numerator = this._token(script, italic);
      const denominator = this._token(script, italic);
      const slash: ITextRun = { text: '/', script, italic: false };
      return [...numerator, slash, ...denominator];
    }
    const text = SYMBOLS[name] ?? name;
    return text ? [{ text, script, italic: italic && GREEK.test(text) }] : [];
  }

  /** Reads the argument of `\mathrm` or `\text`, where spaces count. */
  private _upright(script: Script): ITextRun[] {
    const group = /^\s*\{([^{}\\_^]*)\}/.exec(
      this._source.slice(this._position)
    );
    if (!group) {
      return this._token(script, false);
    }
    this._position += group[0].length;
    return [{ text: group[1], script, italic: false }];
  }

  private _position = 0;
}

/** Joins neighbours of one style. */
function merge(runs: readonly ITextRun[]): ITextRun[] {
  const merged: ITextRun[] = [];
  for (const run of runs) {
    const last = merged[merged.length - 1];
    if (last && last.script === run.script && last.italic === run.italic) {
      merged[merged.length - 1] = { ...last, text: last.text + run.text };
    } else if (run.text) {
      merged.push(run);
    }
  }
  return merged;
}

const UPRIGHT = new Set([
  'mathrm',
  'text',
  'textrm',
  'rm',
  'mathbf',
  'textbf',
  'operatorname',
  'mathsf'
]);

/** Combining characters, set after the letter they stand upon. */
const ACCENTS: Record<string, string> = {
  bar: '\u0305',
  overline: '\u0305',
  hat: '\u0302',
  tilde: '\u0303',
  vec: '\u20d7',
  not: '\u0338',
  slashed: '\u0338'
};

/** Small Greek letters and the script l are variables, and slanted as such. */
const GREEK = /^[\u03b1-\u03f5\u2113]$/;

const SYMBOLS: Record<string, string> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  varepsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  vartheta: 'ϑ',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  phi: 'φ',
  varphi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Sigma: 'Σ',
  Upsilon: 'Υ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
  Xi: 'Ξ',
  Pi: 'Π',
  ell: 'ℓ',
  hbar: 'ħ',
  to: ' → ',
  rightarrow: ' → ',
  leftrightarrow: ' ↔ ',
  pm: ' ± ',
  mp: ' ∓ ',
  times: ' × ',
  cdot: ' · ',
  leq: ' ≤ ',
  le: ' ≤ ',
  geq: ' ≥ ',
  ge: ' ≥ ',
  neq: ' ≠ ',
  approx: ' ≈ ',
  sim: ' ∼ ',
  infty: '∞',
  sum: '∑',
  int: '∫',
  partial: '∂',
  perp: '⊥',
  parallel: '∥',
  prime: '′',
  ast: '*',
  star: '⋆',
  circ: '°',
  degree: '°',
  langle: '⟨',
  rangle: '⟩',
  mid: '|',
  vert: '|',
  ldots: '…',
  dots: '…',
  quad: '\u2003',
  ',': '\u2009',
  ';': '\u2005',
  ':': '\u2005',
  ' ': ' ',
  '!': '',
  left: '',
  right: '',
  displaystyle: '',
  limits: ''
};
