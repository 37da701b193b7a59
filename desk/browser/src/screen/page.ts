/** Every page but the lookup page. */
import { startShell } from "./shell.ts";

startShell();
