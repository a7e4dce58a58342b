// What is wrong with how the open page is laid out, as sentences; nothing where all is well.
(() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const shown = (element) => {
    const name = typeof element.className === "string" && element.className ? "." + element.className : "";
    return element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") + name + ' "' + element.textContent.trim().slice(0, 50) + '"';
  };
  if (document.scrollingElement.scrollWidth > width) {
    found.push("The page is " + document.scrollingElement.scrollWidth + " pixels wide in a window of " + width + ".");
  }
  for (const block of document.querySelectorAll(".tile, .chart, .table, .tree, .customer, header, footer, .choices")) {
    if (block.scrollWidth > block.clientWidth + 1) found.push("Its content is wider than " + shown(block));
  }
  // At a desk nothing has to be scrolled sideways.
  if (width >= 1280) {
    for (const block of document.querySelectorAll(".scroll, nav ul")) {
      if (block.checkVisibility() && block.scrollWidth > block.clientWidth + 1) found.push("It must be scrolled sideways: " + shown(block));
    }
  }
  const boxes = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const owner = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || owner.closest("script, style, option, .hidden, .skip")) continue;
    if (!owner.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const picture = owner.closest("svg");
    const frame = (picture || owner.closest(".scroll, nav ul") || document.documentElement).getBoundingClientRect();
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const isCut = box.left < frame.left - 1 || box.right > frame.right + 1 || (picture && (box.top < frame.top - 2 || box.bottom > frame.bottom + 2));
      if (!isCut) boxes.push({ owner, box });
      else if (picture || !owner.closest(".scroll, nav ul")) found.push("It is cut: " + shown(owner) + " in " + shown(owner.closest("section, header, body")));
    }
  }
  boxes.sort((one, other) => one.box.top - other.box.top);
  boxes.forEach((one, number) => {
    for (let next = number + 1; next < boxes.length && boxes[next].box.top < one.box.bottom - 3; next += 1) {
      const other = boxes[next];
      if (one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      if (across > 2) found.push("They overlap: " + shown(one.owner) + " and " + shown(other.owner));
    }
  });
  const blocks = [...document.querySelectorAll(".tile, .chart, .table, .tree")].map((each) => [each, each.getBoundingClientRect()]);
  blocks.forEach(([one, box], number) => {
    for (const [other, second] of blocks.slice(number + 1)) {
      const across = Math.min(box.right, second.right) - Math.max(box.left, second.left);
      const down = Math.min(box.bottom, second.bottom) - Math.max(box.top, second.top);
      if (across > 1 && down > 1) found.push("They overlap: " + shown(one) + " and " + shown(other));
    }
  });
  return found.slice(0, 20);
})()
