import { styleText } from "node:util";

type Colour = "red" | "green" | "yellow" | "dim" | "bold";

/** Colours text when it goes to a terminal that is not told otherwise (no-color.org). */
export function paint(colour: Colour, text: string): string {
  return isColoured() ? styleText(colour, text) : text;
}

function isColoured(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return process.stdout.isTTY === true && TERM !== "dumb";
}
