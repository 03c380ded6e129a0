import { troubleOf } from "../api/problem.ts";

/** An error, and what to do about it. */
export function TroubleNote({
	error,
	retry,
}: {
	readonly error: unknown;
	readonly retry?: () => void;
}) {
	if (error === undefined) return null;
	const { title, detail, advice, fields } = troubleOf(error);
	return (
		<div class="note bad" role="alert">
			<strong>{title}</strong>
			<p>{detail}</p>
			{fields.length > 0 && (
				<ul>
					{fields.map((field) => (
						<li key={field.pointer}>
							<code>{field.pointer || "body"}</code> {field.detail}
						</li>
					))}
				</ul>
			)}
			<p>{advice}</p>
			{retry && (
				<button type="button" onClick={retry}>
					Try again
				</button>
			)}
		</div>
	);
}
