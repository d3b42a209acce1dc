/**
 * `unit` is the seconds-long inner loop, `integration` runs against HAProxy, `peers` against other gossip programs and over
 * network namespaces; `full` and `simulation` take minutes, the one with real time, the other with all of the processor.
 */
const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.json' }] },
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/integration/',
        '<rootDir>/test/peers/',
        '<rootDir>/test/full/',
      ],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
    },
    { ...shared, displayName: 'peers', testMatch: ['<rootDir>/test/peers/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'full',
      testMatch: ['<rootDir>/test/full/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/full/sim-'],
    },
    { ...shared, displayName: 'simulation', testMatch: ['<rootDir>/test/full/sim-*.test.ts'] },
  ],
};
