import { storm } from '../sim/scenarios.js';
import { testSeeds } from '../sim/seeds.js';

testSeeds('storm', storm(100), 1, 18, 'test/full/sim-storm-1.test.ts');
