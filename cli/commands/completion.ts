import { Argument, type Command } from "commander";
import { firstOf, runs, type Session } from "../session.ts";
import { bash, fish, type Node, zsh } from "../words/completion.ts";

const SCRIPTS = { bash, zsh, fish } as const;

const HELP = `
Examples, a line in the shell's own start-up file:
  source <(npx thingcast completion bash)     ~/.bashrc
  source <(npx thingcast completion zsh)      ~/.zshrc, behind compinit
  npx thingcast completion fish | source      ~/.config/fish/config.fish`;

export function register(command: Command, session: Session): void {
	command.addArgument(new Argument("<shell>").choices(Object.keys(SCRIPTS)));
	command.addHelpText("after", HELP);
	runs<object>(command, session, async ({ io, args }) => {
		const program = await session.program();
		const write = SCRIPTS[firstOf(args) as keyof typeof SCRIPTS];
		io.out(write(nodeOf(program)));
		return undefined;
	});
}

/** The names and options of a program, as far as a shell wants them. */
function nodeOf(command: Command): Node {
	const options = command.options.map(({ long, short, description }) => ({
		flag: long ?? short ?? "",
		description,
	}));
	return {
		name: command.name(),
		summary: command.summary(),
		options: [...options, { flag: "--help", description: "how it is used" }],
		children: command.commands.map(nodeOf),
	};
}
