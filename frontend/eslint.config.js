import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import { defineConfig } from 'eslint/config'
import typescript from 'typescript-eslint'

/** Rooms may look down only: views > components > composables > stores > i18n > api > lib. */
const ROOMS = ['views', 'components', 'composables', 'stores', 'i18n', 'api', 'lib']

const TEXTS_OF_NO_LANGUAGE = ['Stowage', '·', '…', '%', '/', ':']
const TEXT_ATTRIBUTES = {
  '/.+/': ['alt', 'aria-label', 'confirm', 'hint', 'label', 'placeholder', 'subtitle', 'text', 'title'],
}
/** Also what only a script says: a capital, a word, a space, a word. */
const SENTENCE = '/^[A-Z“][a-z]+( …| [a-z“$].*)$/'

const floors = ROOMS.slice(1).map((room, index) => ({
  files: [`src/${room}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(@|\\.\\.)/(${ROOMS.slice(0, index + 1).join('|')})/`,
            message: `${room} may not know what is built upon it.`,
          },
        ],
      },
    ],
  },
}))

export default defineConfig(
  { ignores: ['dist/', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  { files: ['build/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } } },
  {
    files: ['build/sw.js'],
    languageOptions: {
      globals: { caches: 'readonly', fetch: 'readonly', Request: 'readonly', Response: 'readonly', self: 'readonly', URL: 'readonly' },
    },
  },
  {
    files: ['public/*.js'],
    languageOptions: {
      globals: { addEventListener: 'readonly', document: 'readonly', localStorage: 'readonly', matchMedia: 'readonly' },
    },
  },
  {
    files: ['**/*.ts', '**/*.vue'],
    extends: [
      typescript.configs.strict,
      typescript.configs.stylistic,
      vue.configs['flat/recommended'],
      accessibility.configs['flat/recommended'],
    ],
    languageOptions: { parserOptions: { parser: typescript.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      // The compiler knows the browser's globals better.
      'no-undef': 'off',
      'no-restricted-globals': ['error', 'fetch', 'XMLHttpRequest', 'EventSource', 'localStorage'],
      'no-console': 'error',
      eqeqeq: 'error',
      // An index that was just computed is there.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/no-v-html': 'error',
      'vue/no-undef-components': ['error', { ignorePatterns: ['^V[A-Z]', '^Router'] }],
      // Texts stand in src/locales, in every language.
      'vue/no-bare-strings-in-template': ['error', { allowlist: TEXTS_OF_NO_LANGUAGE, attributes: TEXT_ATTRIBUTES }],
      // How lines break is not worth a rule.
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      // The first field of a page that consists of a form is what people came for.
      'vuejs-accessibility/no-autofocus': 'off',
      'vuejs-accessibility/no-static-element-interactions': 'off',
    },
  },
  {
    // Beneath these, texts are in the server's language: what it says itself, and that it says nothing.
    files: ['src/{views,components,composables,stores,i18n}/**'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `Literal[value=${SENTENCE}]`, message: 'Texts stand in src/locales.' },
        { selector: `TemplateElement[value.raw=${SENTENCE}]`, message: 'Texts stand in src/locales.' },
      ],
    },
  },
  { files: ['src/api/**'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['**/*.vue'],
    rules: { 'max-lines': ['error', { max: 150, skipBlankLines: true }] },
  },
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-empty-function': 'off' } },
  ...floors,
)
