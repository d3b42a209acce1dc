import { fairWeather } from '../sim/scenarios.js';
import { testSeeds } from '../sim/seeds.js';

testSeeds('fair weather', fairWeather(100), 1, 15, 'test/full/sim-fair.test.ts');
