/** Text in which `this` is something to type. */
export function InWords({ text }: { readonly text: string }) {
	return (
		<>
			{text
				.split(/(`[^`]+`)/)
				.map((part) => (part.startsWith("`") ? <code key={part}>{part.slice(1, -1)}</code> : part))}
		</>
	);
}
