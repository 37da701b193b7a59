/** Every page but the lookup page. */
import { sayFarewell } from "./farewell.ts";
import { startShell } from "./shell.ts";

sayFarewell();
startShell();
