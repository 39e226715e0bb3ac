import { parseLabel, plainLabel, textWidth } from './label';

/** Writes runs in short: italics in slashes, scripts after _ and ^. */
function shown(label: string): string {
  return parseLabel(label)
    .map(({ italic, script, text }) => {
      const sign = { base: '', sub: '_', super: '^' }[script];
      const styled = italic ? `/${text}/` : text;
      return sign ? `${sign}(${styled})` : styled;
    })
    .join('');
}

describe('parseLabel', () => {
  it.each([
    ['Jet pT [GeV]', 'Jet pT [GeV]'],
    ['$p_T$ [GeV]', '/p/_(/T/) [GeV]'],
    ['$p_{T}^{\\mathrm{miss}}$', '/p/_(/T/)^(miss)'],
    ['$m_{\\mu\\mu}$ [GeV]', '/m/_(/μμ/) [GeV]'],
    ['$\\eta$', '/η/'],
    ['$\\Delta R(\\ell, j)$', 'Δ/R/(/ℓ/,/j/)'],
    ['$t\\bar{t}$', '/tt\u0305/'],
    ['$H_{\\text{T, all}}$', '/H/_(T, all)'],
    ['Events / 10$^{3}$', 'Events / 10^(3)'],
    ['$x - y$', '/x/−/y/'],
    ['$\\sqrt{s} = 13\\,\\mathrm{TeV}$', '√/s/=13\u2009TeV'],
    ['$\\frac{a}{b}$', '/a///b/'],
    ['$\\unknown x$', 'unknown/x/'],
    ['$a_b_c$', '/a/_(/bc/)']
  ])('reads %s', (label, expected) => {
    expect(shown(label)).toBe(expected);
  });

  it('takes a single dollar for a dollar', () => {
    expect(shown('Cost [$]')).toBe('Cost [$]');
  });

  it.each(['$', '$$', '${$', '$}$', '$\\$', '$_$', '$\\frac{$', '$^{^{^$'])(
    'survives %s',
    label => expect(() => parseLabel(label)).not.toThrow()
  );

  it.each(['\u202eZ\u2066', 'Cost\u200f [$]'])(
    'has no power over what stands beside it: %s',
    label => expect(shown(label)).toMatch(/^(Z|Cost \[\$\])$/)
  );

  it('has a plain form', () => {
    expect(plainLabel('$p_T^{miss}$ [GeV]')).toBe('pTmiss [GeV]');
  });
});

describe('textWidth', () => {
  it('gives scripts less room', () => {
    const base = textWidth(parseLabel('xx'), 10);
    expect(base).toBeCloseTo(12);
    expect(textWidth(parseLabel('$x_x$'), 10)).toBeLessThan(base);
  });
});
