/* What a page asks for once it is shown, where htmx would weigh more than the page itself. A page without
   scripts, and a request that fails, leave the place empty: the same is found on a page of its own.
   The browser reads the answer as a document, in which nothing runs. */
(() => {
  "use strict";
  for (const place of document.querySelectorAll("[data-later]")) {
    const asking = new XMLHttpRequest();
    asking.open("GET", place.dataset.later);
    asking.setRequestHeader("HX-Request", "true");
    asking.responseType = "document";
    asking.onload = () => place.replaceWith(...(asking.status === 200 ? (asking.response?.body.childNodes ?? []) : []));
    asking.send();
  }
})();
