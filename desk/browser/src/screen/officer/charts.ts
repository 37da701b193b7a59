/**
 * Draws a chart beside each table that asks for one, from the table itself: there is one
 * copy of every number, and whoever cannot see the chart misses nothing.
 */
import { BarController, BarElement, CategoryScale, Chart, type ChartConfiguration, Legend, LinearScale, Tooltip } from "chart.js";
import { all, need, show } from "../dom.ts";
import { wrap } from "./lines.ts";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, Tooltip);

const BAR = 40;
const AROUND = 84;

/** What a chart draws: the names of the rows, and one list of numbers for each series. */
export interface Drawn {
  labels: string[];
  series: { name: string; numbers: number[] }[];
}

/** Read the first columns of numbers of a table. */
export function readTable(table: HTMLTableElement, series: number): Drawn {
  const heads = all("thead th", table).slice(1, series + 1);
  const rows = all<HTMLTableRowElement>("tbody tr", table);
  return {
    labels: rows.map(nameOf),
    series: heads.map((head, place) => ({
      name: (head.textContent ?? "").trim(),
      numbers: rows.map((row) => Number(row.cells[place + 1]?.dataset["value"] ?? 0)),
    })),
  };
}

function nameOf(row: HTMLTableRowElement): string {
  const head = need("th", row);
  const name = head.querySelector("[data-name]")?.textContent ?? head.firstChild?.textContent ?? "";
  return name.trim();
}

/** Draw every chart of the page. */
export function drawCharts(): void {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 14;
  Chart.defaults.color = token("--voorbeeld-kleuren-grijs-600");
  for (const figure of all("figure[data-chart]")) {
    const table = need<HTMLTableElement>(`#${figure.dataset["chart"]}`);
    draw(figure, table);
  }
}

function draw(figure: HTMLElement, table: HTMLTableElement): void {
  const drawn = readTable(table, Number(figure.dataset["series"] ?? 1));
  const isTime = figure.dataset["time"] !== undefined;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", (table.caption?.textContent ?? "").trim());
  figure.append(canvas);
  if (!isTime) figure.style.blockSize = `${drawn.labels.length * (BAR + 14 * (drawn.series.length - 1)) + AROUND}px`;
  show(figure, true);
  new Chart(canvas, configure(drawn, isTime, figure.dataset["stacked"] !== undefined));
}

function configure(drawn: Drawn, isTime: boolean, isStacked: boolean): ChartConfiguration<"bar"> {
  const numbers = { beginAtZero: true, stacked: isStacked, ticks: { precision: 0 }, grid: { color: token("--desk-line") } };
  const names = {
    stacked: isStacked,
    grid: { display: false },
    ticks: isTime ? { maxRotation: 60, autoSkip: true } : { autoSkip: false, callback: (_: unknown, place: number) => wrap(drawn.labels[place] ?? "") },
  };
  return {
    type: "bar",
    data: {
      labels: drawn.labels,
      datasets: drawn.series.map(({ name, numbers }, place) => ({ label: name, data: numbers, backgroundColor: colour(place), maxBarThickness: 34, borderRadius: 3 })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: isTime ? "x" : "y",
      scales: isTime ? { x: names, y: numbers } : { x: numbers, y: names },
      plugins: {
        legend: { display: drawn.series.length > 1, position: "bottom", labels: { boxWidth: 18 } },
        tooltip: { callbacks: { title: (items) => drawn.labels[items[0]?.dataIndex ?? 0] ?? "" } },
      },
    },
  };
}

/** Two colours that differ in lightness too: they stay apart in grey. */
function colour(place: number): string {
  return token(place === 0 ? "--voorbeeld-kleuren-violet-500" : "--desk-flag");
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
