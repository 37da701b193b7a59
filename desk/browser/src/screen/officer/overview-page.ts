/** The officer's overview: tables, and a chart beside each. */
import { startShell } from "../shell.ts";
import { drawCharts } from "./charts.ts";

startShell();
drawCharts();
