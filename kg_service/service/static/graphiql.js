// Starts GraphiQL on its page. A query may come in the address, as #query=...
"use strict";
(function () {
  const place = document.getElementById("editor");
  const given = new URLSearchParams(location.hash.slice(1)).get("query");
  const first = [
    "# From a specimen to its results, and who says so.",
    "{",
    "  specimens(first: 10) {",
    "    id",
    "    label",
    "    sources { id format }",
    "  }",
    "}",
    "",
  ].join("\n");
  const settings = {
    fetcher: GraphiQL.createFetcher({ url: place.dataset.endpoint }),
    defaultQuery: first,
    shouldPersistHeaders: false,
  };
  if (given) settings.query = given;
  ReactDOM.render(React.createElement(GraphiQL, settings), place);
})();
