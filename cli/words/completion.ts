/** A command with what can follow it. */
export interface Node {
	readonly name: string;
	readonly summary: string;
	readonly options: ReadonlyArray<{ readonly flag: string; readonly description: string }>;
	readonly children: readonly Node[];
}

interface Flat {
	/** Words in front, such as `job/start`. */
	readonly path: string;
	readonly node: Node;
}

const flat = (node: Node, path: readonly string[] = []): Flat[] => [
	{ path: path.join("/"), node },
	...node.children.flatMap((child) => flat(child, [...path, child.name])),
];

const words = ({ options, children }: Node): string =>
	[...children.map(({ name }) => name), ...options.map(({ flag }) => flag)].join(" ");

export function bash(program: Node): string {
	// `path` and `words` would be taken: they mean something to zsh, which reads this, too.
	const cases = flat(program).map(({ path, node }) => `\t\t"${path}") choices="${words(node)}" ;;`);
	const names = flat(program).flatMap(({ path }) => path || []);
	return `# bash completion of thingcast
_thingcast() {
	local one at="" next="" choices="" known=" ${names.join(" ")} "
	for one in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		next="\${at:+$at/}$one"
		[[ "$known" == *" $next "* ]] && at="$next"
	done
	case "$at" in
${cases.join("\n")}
	esac
	COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
	[[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _thingcast thingcast`;
}

/** zsh reads bash's in an emulation of its own. */
export const zsh = (program: Node): string =>
	`autoload -U +X bashcompinit && bashcompinit
${bash(program)}`;

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

export function fish(program: Node): string {
	const lines = flat(program).flatMap(({ path, node }) => {
		const names = path.split("/").filter(Boolean);
		const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`);
		const children = node.children.map(({ name }) => name).join(" ");
		const here = children ? [`not __fish_seen_subcommand_from ${children}`] : [];
		const when = quote([...seen, ...here].join("; and ") || "true");
		return [
			...node.children.map(
				({ name, summary }) =>
					`complete -c thingcast -f -n ${when} -a ${name} -d ${quote(summary)}`,
			),
			...node.options
				.filter(({ flag }) => flag.startsWith("--"))
				.map(
					({ flag, description }) =>
						`complete -c thingcast -n ${when} -l ${flag.slice(2)} -d ${quote(description)}`,
				),
		];
	});
	return ["# fish completion of thingcast", ...lines].join("\n");
}
