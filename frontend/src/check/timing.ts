/**
 * Length and rate of a film from the times in its index, as the server has them from the packets
 * (fengcai.media.film.timing). Where the two could differ, nothing is said.
 */
import { compare, type Fraction, fraction, shortened } from "./fraction";
import type { Fact } from "./predicate";
import type { Run, Track } from "./tracks";

/** Four hours at 25 pictures a second, and some more. */
const MOST_SAMPLES = 400_000;
const USUAL = [24, 25, 30, 48, 50, 60, 120];

/** The facts `duration`, `fps` and `constant_frame_rate`, as far as they are certain. */
export function timing(track: Track): Map<string, Fact> {
  const found = new Map<string, Fact>();
  const shown = moments(track);
  if (!shown || !track.ticksASecond || !played(track, shown)) return found;
  const { times, end } = shown;
  const ticks = BigInt(track.ticksASecond);
  const [first, last] = [times[0] ?? 0, times[times.length - 1] ?? 0];
  const gaps = apart(times);
  const usual = Math.trunc(median(gaps));
  const tail = end - last > 0 ? end - last : gaps.length ? usual : 0;
  const length = last - first + tail;
  if (length > 0) found.set("duration", fraction(length, ticks));
  if (gaps.length === 0) return found;
  const mean = (last - first) / gaps.length;
  const average = fraction(ticks * BigInt(gaps.length), last - first);
  const within = (share: number): boolean => {
    const slack = Math.max(1, usual / 50);
    return gaps.filter((gap) => Math.abs(gap - usual) <= slack).length >= share * gaps.length;
  };
  if (Math.abs(mean - usual) <= 1 && even(gaps, mean)) {
    found.set("fps", plain(average));
    found.set("constant_frame_rate", true);
  } else if (!within(0.97)) {
    found.set("fps", plain(shortened(average, 1_000_000n)));
    found.set("constant_frame_rate", false);
  }
  return found;
}

/** When each picture is shown, sorted, and the latest end of one; nothing where tables disagree. */
function moments(track: Track): { times: Float64Array; end: number } | undefined {
  const count = total(track.durations);
  if (!track.durations || count === 0 || count > MOST_SAMPLES) return undefined;
  if (track.samples !== count) return undefined;
  if (track.delays && total(track.delays) !== count) return undefined;
  const times = new Float64Array(count);
  let [at, number, end] = [0, 0, Number.NEGATIVE_INFINITY];
  const delay = steps(track.delays);
  for (const run of track.durations) {
    if (run.ticks < 0) return undefined;
    for (let each = 0; each < run.count; each += 1) {
      const shown = at + delay();
      times[number] = shown;
      end = Math.max(end, shown + run.ticks);
      at += run.ticks;
      number += 1;
    }
  }
  return { times: times.sort(), end };
}

function total(runs: Run[] | undefined): number {
  return runs?.reduce((sum, run) => sum + run.count, 0) ?? 0;
}

/** Hands out the number of each sample, run after run; zeros where there are no runs. */
function steps(runs: Run[] | undefined): () => number {
  let [run, left] = [-1, 0];
  return () => {
    if (!runs) return 0;
    while (left === 0 && run + 1 < runs.length) {
      run += 1;
      left = runs[run]?.count ?? 0;
    }
    left -= 1;
    return runs[run]?.ticks ?? 0;
  };
}

/** Whether the edit list, if there is one, plays all there is. Its lengths are in the film's own ticks. */
function played(track: Track, { times }: { times: Float64Array }): boolean {
  const edits = track.edits.filter((edit) => edit.from !== -1);
  if (track.edits.length === 0) return true;
  const [edit] = edits;
  if (!edit || edits.length > 1 || !edit.plain || track.edits.at(-1) !== edit) return false;
  const [first, last] = [times[0] ?? 0, times[times.length - 1] ?? 0];
  return edit.from <= first && edit.from + edit.ticks > last;
}

/** What lies between pictures; two at one moment are one. */
function apart(times: Float64Array): Float64Array {
  const gaps: number[] = [];
  for (let number = 1; number < times.length; number += 1) {
    const gap = (times[number] ?? 0) - (times[number - 1] ?? 0);
    if (gap > 0) gaps.push(gap);
  }
  return Float64Array.from(gaps);
}

function median(numbers: Float64Array): number {
  if (numbers.length === 0) return 0;
  const sorted = numbers.slice().sort();
  const middle = sorted.length >> 1;
  const one = sorted[middle] ?? 0;
  return sorted.length % 2 ? one : (one + (sorted[middle - 1] ?? 0)) / 2;
}

function even(gaps: Float64Array, mean: number): boolean {
  const slack = Math.max(1, mean / 50);
  return gaps.every((gap) => Math.abs(gap - mean) <= slack);
}

/** A usual broadcast rate within 0.01 %, else the rate with a short denominator. */
function plain(rate: Fraction): Fraction {
  for (const whole of USUAL) {
    for (const usual of [fraction(whole), fraction(whole * 1000, 1001)]) {
      const above = rate.above * usual.below - usual.above * rate.below;
      const off = fraction(above < 0n ? -above : above, rate.below * usual.above);
      if (compare(off, fraction(1, 10_000)) < 0) return usual;
    }
  }
  return shortened(rate, 1001n);
}
