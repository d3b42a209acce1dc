import { storm } from '../sim/scenarios.js';
import { testSeeds } from '../sim/seeds.js';

testSeeds('storm', storm(100), 19, 17, 'test/full/sim-storm-2.test.ts');
