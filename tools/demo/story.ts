/** What the quick start prints: numbered steps, sentences, and commands with what came of them. */

let steps = 0;
const bold = process.stdout.isTTY ? ["\x1b[1m", "\x1b[0m"] : ["", ""];

export function step(text: string): void {
  steps += 1;
  console.log(`\n${bold[0]}${steps}. ${text}${bold[1]}`);
}

export function say(text: string): void {
  console.log(text && `   ${text}`);
}

export function show(host: string, command: string, outcome: string): void {
  console.log(`   ${host}$ ${command}\n       ${outcome}`);
}
