import js from '@eslint/js';
import jupyterPlugin from '@jupyter/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import prettierRecommended from 'eslint-plugin-prettier/recommended';
import reactHooks from 'eslint-plugin-react-hooks';
import tsdoc from 'eslint-plugin-tsdoc';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default defineConfig([
  globalIgnores([
    '**/*.js',
    '**/*.mjs',
    '**/*.d.ts',
    '.nox',
    '.venv',
    'casa_lab',
    'coverage',
    'lib',
    'src/services/api.ts'
  ]),
  js.configs.recommended,
  tseslint.configs.strict,
  { plugins: { jupyter: jupyterPlugin } },
  jupyterPlugin.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { 'react-hooks': reactHooks, tsdoc },
    languageOptions: {
      globals: { ...globals.browser, ...globals.es2020 },
      parserOptions: {
        project: ['tsconfig.test.json', 'ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } }
      ],
      // A class and the namespace of its options share a name: Lumino's idiom.
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      // What activation needs at once anyway.
      'jupyter/prefer-lazy-imports': [
        'warn',
        { ignoreImports: ['./manager', './panel'] }
      ],
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error',
      'tsdoc/syntax': 'error'
    }
  },
  {
    // Nobody reads the texts of tests, and what they make ends with them.
    files: ['src/**/__tests__/**', 'src/**/*.spec.{ts,tsx}'],
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off'
    }
  },
  {
    files: ['**/__tests__/**', '**/*.spec.ts', '**/*.spec.tsx', 'ui-tests/**'],
    rules: {
      // In a test, what is missing fails it, which is all that is wanted.
      '@typescript-eslint/no-non-null-assertion': 'off'
    }
  },
  {
    files: ['ui-tests/**'],
    rules: {
      // Playwright's fixtures: `async ({}, use) => use(value)`.
      'no-empty-pattern': 'off',
      'react-hooks/rules-of-hooks': 'off',
      // The stories do what a user does, also where Galata has a short cut.
      'jupyter/galata-prefer-menu-helper': 'off',
      'jupyter/galata-prefer-notebook-cell-helper': 'off',
      // They look for English.
      'jupyter/no-untranslated-string': 'off'
    }
  },
  prettierRecommended
]);
