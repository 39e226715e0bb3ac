const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// Published as ES modules only, so Babel has to transform them for Jest.
const esModules = [
  '@codemirror',
  '@jupyter/react-components',
  '@jupyter/web-components',
  '@jupyter/ydoc',
  '@jupyterlab/',
  '@marijn',
  '@microsoft',
  'color',
  'd3-',
  'exenv-es6',
  'internmap',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const baseConfig = jestJupyterLab(__dirname);

module.exports = {
  ...baseConfig,
  automock: false,
  collectCoverageFrom: [
    'src/**/*.{ts,tsx}',
    '!src/**/*.d.ts',
    '!src/services/api.ts'
  ],
  coverageReporters: ['lcov', 'text'],
  // The prebuilt extension holds a second package.json of the same name.
  modulePathIgnorePatterns: [
    '<rootDir>/casa_lab/labextension',
    '<rootDir>/.nox'
  ],
  // The base adds jest-junit, which would leave a junit.xml behind.
  reporters: ['default'],
  testRegex: 'src/.*\\.spec\\.tsx?$',
  transform: { ...baseConfig.transform, '^.+\\.mjs$': 'babel-jest' },
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
