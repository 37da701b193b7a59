/** Every page but the lookup page. */
import { tellWhatWaits } from "./farewell.ts";
import { startShell } from "./shell.ts";

tellWhatWaits();
startShell();
