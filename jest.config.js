export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/sim'],
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['**/*.test.ts'],
  maxWorkers: 2,
  // For what hangs; a slow machine is no failure.
  testTimeout: 60_000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
