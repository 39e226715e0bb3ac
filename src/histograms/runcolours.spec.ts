import { runColours } from './runcolours';
import { makeFrame, makeRow } from './testing';

const other = (run: string, name: string) => ({
  run,
  name,
  fractions: {},
  final: true
});

it('tells the colours of runs that are drawn over each other', () => {
  const rows = [makeRow('first', 'line', [1]), makeRow('second', 'line', [2])];
  const frame = makeFrame({ others: [other('r2', 'second')] }, rows);
  const colours = runColours(frame, ['first', 'second']);
  expect([...colours.keys()]).toEqual(['r1', 'r2']);
  expect(colours.get('r1')).not.toBe(colours.get('r2'));
});

it('gives a run that is left out no colour, and takes none for it', () => {
  const rows = [makeRow('first', 'line', [1]), makeRow('third', 'line', [2])];
  const both = runColours(
    makeFrame({ others: [other('r3', 'third')] }, rows),
    []
  );
  const left = runColours(
    makeFrame({ others: [other('r2', 'second'), other('r3', 'third')] }, rows),
    ['first', 'second', 'third']
  );
  expect(left).toEqual(both);
});

it('has none where one run is drawn by itself', () => {
  const frame = makeFrame({}, [makeRow('TTbar', 'layer', [1])]);
  expect(runColours(frame, []).size).toBe(0);
});
