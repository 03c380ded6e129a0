const { callDevice, getRow, putRow, sendMessage } = require("./clients.js");

// A request or the timer puts a message into the queue; a message calls the device; its answer goes into the table.
exports.handler = async (event) => {
	const given = JSON.parse(event);
	if (Array.isArray(given)) {
		for (const { data } of given)
			await putRow("answers", "last", {
				asked: data.messageBody,
				answer: await callDevice("Get", "{}"),
			});
		return;
	}
	if (given.triggerName || given.requestContext.http.method === "POST")
		await sendMessage(`at ${new Date().toISOString()}`);
	return { statusCode: 200, body: `${JSON.stringify(await getRow("answers", "last"))}\n` };
};
