// Tables sort by the column whose head is pressed: numbers as numbers, again the other way round.
addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const at = [...head.parentElement.children].indexOf(head);
      const body = head.closest("table").tBodies[0];
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.children[at].textContent.trim();
      const number = (value) => parseFloat(value.replace(/[$,<]/g, ""));
      const order = (a, b) => {
        const [x, y] = [number(text(a)), number(text(b))];
        const by = isNaN(x) || isNaN(y) ? text(a).localeCompare(text(b)) : x - y;
        return down ? -by : by;
      };
      body.append(...[...body.rows].sort(order));
    });
  }
});
