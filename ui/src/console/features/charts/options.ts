// Chart options from figures. Pure: figures, words and colours in, an option out.

import type { DayCount, IndustryCount } from '$shared/generated/console';
import type { ChartOption } from './echarts';
import type { Palette } from './palette';

/** Words of a chart in the current language. */
export interface TrendWords {
  readonly submitted: string;
  readonly findings: string;
  day(iso: string): string;
}

function ground(palette: Palette): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: palette.font, color: palette.ink, fontSize: 13 },
    legend: { top: 0, right: 0, itemWidth: 18, itemHeight: 10, textStyle: { color: palette.soft, fontSize: 13 } },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      axisPointer: { type: 'shadow' },
      backgroundColor: palette.surface,
      borderColor: palette.soft,
      textStyle: { color: palette.ink, fontSize: 13 },
    },
  };
}

/** Inspections and findings by day: bars and a line with points, told apart by shape as well as by colour. */
export function trendOption(days: readonly DayCount[], words: TrendWords, palette: Palette): ChartOption {
  return {
    ...ground(palette),
    grid: { left: 4, right: 8, top: 36, bottom: 0, containLabel: true },
    xAxis: { type: 'category', data: days.map((entry) => words.day(entry.day)), axisTick: { show: false }, axisLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.soft, hideOverlap: true } },
    yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.soft } },
    series: [
      { type: 'bar', name: words.submitted, data: days.map((entry) => entry.submitted), barMaxWidth: 26, itemStyle: { color: palette.accent, borderRadius: [3, 3, 0, 0] } },
      { type: 'line', name: words.findings, data: days.map((entry) => entry.findings), symbol: 'diamond', symbolSize: 9, lineStyle: { width: 2, type: 'dashed', color: palette.ink }, itemStyle: { color: palette.ink } },
    ],
  };
}

/** Findings by industry: general and major stacked, with their numbers. */
export function industryOption(
  rows: readonly IndustryCount[],
  words: { general: string; major: string; industry(slug: string): string },
  palette: Palette,
): ChartOption {
  const ordered = [...rows].sort((a, b) => a.findings - b.findings);
  const label = { show: true, fontSize: 12, color: palette.surface, formatter: (entry: { value: number }) => (entry.value > 0 ? String(entry.value) : '') };
  return {
    ...ground(palette),
    grid: { left: 4, right: 16, top: 36, bottom: 0, containLabel: true },
    xAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.soft } },
    yAxis: { type: 'category', data: ordered.map((row) => words.industry(row.industry)), axisTick: { show: false }, axisLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.ink } },
    series: [
      { type: 'bar', stack: 'grade', name: words.major, data: ordered.map((row) => row.major), barMaxWidth: 26, itemStyle: { color: palette.major }, label },
      { type: 'bar', stack: 'grade', name: words.general, data: ordered.map((row) => row.findings - row.major), itemStyle: { color: palette.general }, label },
    ],
  };
}
