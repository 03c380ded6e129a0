// In place of `jsonata`: loads it for the first expression that is compiled,
// since it takes longer to load than all else in a bundle, and most instances
// never see an expression.
module.exports = (...args) => require("jsonata")(...args);
