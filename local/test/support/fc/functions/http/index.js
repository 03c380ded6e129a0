// Answers with its own event, or with what the header x-answer says.
exports.handler = async (event) => {
	const request = JSON.parse(event.toString());
	const answer = request.headers["X-Answer"];
	if (answer === "throw") throw new Error("broken");
	if (answer) return JSON.parse(answer);
	if (request.rawPath === "/text") return "plain words";
	if (request.rawPath === "/echo-body") {
		return {
			statusCode: 201,
			headers: { "Content-Type": request.headers["Content-Type"], "X-Many": ["a", "b"] },
			isBase64Encoded: request.isBase64Encoded,
			body: request.body,
		};
	}
	return {
		statusCode: 200,
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(request),
	};
};
