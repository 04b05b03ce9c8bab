import type { Command } from "commander";
import { kindWords } from "../client/kind-names.ts";

export const shells = ["bash", "zsh", "fish"] as const;

/** What can follow a command's name. */
interface Completions {
  command: string;
  description: string;
  options: string[];
  /** Commands below it, and fixed words for its arguments. */
  words: readonly string[];
  /** Its arguments name objects, as the running controller knows them. */
  namesObjects: boolean;
}

export function completionScript(program: Command, shell: (typeof shells)[number]): string {
  const commands = program.commands.map(completionsOf);
  return { bash, zsh, fish }[shell](program.name(), commands);
}

function completionsOf(command: Command): Completions {
  const namesObjects = command.registeredArguments.some((argument) => argument.name().startsWith("kind"));
  return {
    command: command.name(),
    description: command.description(),
    // Those of commands below it too: a shell is told of one level only.
    options: [...new Set([command, ...command.commands].flatMap(flagsOf))],
    words: namesObjects
      ? kindWords
      : [
          ...command.commands.map((below) => below.name()),
          ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
        ],
    namesObjects,
  };
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
}

function bash(name: string, commands: Completions[]): string {
  const cases = commands.map(
    ({ command, options, words, namesObjects }) =>
      `    ${command}) words="${[...options, ...words].join(" ")}"${namesObjects ? `; words="$words $(${name} get -o name 2>/dev/null)"` : ""} ;;`,
  );
  return `# bash completion for ${name}: source <(${name} completion bash)
_${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" = 1 ]; then
    words="${commands.map(({ command }) => command).join(" ")}"
  else case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="" ;;
  esac; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _${name} ${name}
`;
}

function zsh(name: string, commands: Completions[]): string {
  return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(name, commands).replace(/mapfile -t COMPREPLY < <\((.*)\)\n/, "COMPREPLY=($($1))\n")}`;
}

function fish(name: string, commands: Completions[]): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = commands.flatMap(({ command, description, options, words, namesObjects }) => {
    const after = `-n '__fish_seen_subcommand_from ${command}'`;
    const flags = options.map((flag) =>
      flag.startsWith("--")
        ? `complete -c ${name} ${after} -l ${flag.slice(2)}`
        : `complete -c ${name} ${after} -s ${flag.slice(1)}`,
    );
    const known = words.length > 0 ? [`complete -c ${name} ${after} -a ${quote(words.join(" "))}`] : [];
    const objects = namesObjects
      ? [`complete -c ${name} ${after} -a '(${name} get -o name 2>/dev/null)'`]
      : [];
    return [
      `complete -c ${name} -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
      ...flags,
      ...known,
      ...objects,
    ];
  });
  return `# fish completion for ${name}: ${name} completion fish | source\n${lines.join("\n")}\n`;
}
