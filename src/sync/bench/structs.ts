/** Words of the benchmark itself, beside the lock that it times. */
import { struct, word, words } from '../../memory/layout.ts';
import { LINE } from '../self.ts';

/** What the lock protects: one line, as a small object of somebody's would be. */
export const bench_section = struct('bench_section', {
  counter: word('one more each time somebody was inside', 'the lock'),
  data: word('written by longer sections', 'the lock'),
  copy: word('equal to counter, for readers', 'the lock'),
});

/** What the threads read all the time; written before they begin, and once to make them stop. */
export const bench_plan = struct('bench_plan', {
  total: word('sections in all; 0 ends the round early'),
  quota: word('sections of each thread, where readers do not count'),
  inside: word('writes in a section'),
  outside: word('steps between two sections'),
  writes: word('of 1024 sections so many write'),
  line: words(LINE - 5, 'unused'),
});

/** What a thread leaves behind. */
export const bench_thread = struct('bench_thread', {
  written: word('sections that wrote'),
  torn: word('sections that read what no writer left'),
  sum: word('so that no step is optimised away'),
  line: words(LINE - 3, 'unused'),
});
