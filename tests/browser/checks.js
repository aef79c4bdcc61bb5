// Accessibility checks that axe cannot make. Loaded into the page by bench.py; returns plain texts.
(() => {
  const label = (element) =>
    (element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText
      || element.value || element.querySelector("img")?.alt || "").trim().replace(/\s+/g, " ").slice(0, 50);
  const describe = (element) => `${element.tagName.toLowerCase()} « ${label(element)} »`;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const chain = (element) => {
    const found = [];
    for (let node = element; node && node !== document.documentElement; node = node.parentElement) found.push(node);
    return found;
  };
  // Hidden on purpose from eyes only (skip links, labels for screen readers).
  const onlyForEars = (element) => chain(element).some((node) => getComputedStyle(node).clipPath !== "none");
  const scrolls = (element) => chain(element).some((node) => /auto|scroll/.test(getComputedStyle(node).overflowX));
  const focusable = 'a[href],button,input:not([type=hidden]),select,textarea,summary,iframe,[tabindex="0"],[contenteditable]';
  const closed = (element) => {
    const details = element.closest("details:not([open])");
    return details && element !== details.querySelector(":scope > summary") && !element.closest("summary");
  };

  window.atnChecks = {
    open() {
      document.querySelectorAll("main details").forEach((details) => { details.open = true; });
    },

    // WCAG 1.4.4, 1.4.10, 1.4.12: nothing leaves the frame, nothing is cut.
    overflow() {
      const found = [];
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth > width + 1) {
        found.push(`sideways scroll: ${document.documentElement.scrollWidth} > ${width}`);
      }
      for (const element of document.querySelectorAll("body *")) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!hasText || !shown(element) || element.closest("svg,.skip,option") || onlyForEars(element)) continue;
        const box = element.getBoundingClientRect();
        if (!box.width || !box.height) continue;
        if (!scrolls(element) && (box.right > width + 1 || box.left < -1)) found.push(`outside the frame: ${describe(element)}`);
        for (const node of chain(element)) {
          const style = getComputedStyle(node);
          const frame = node.getBoundingClientRect();
          const cutsAcross = /hidden|clip/.test(style.overflowX);
          const cutsDown = /hidden|clip/.test(style.overflowY);
          const isOwn = node === element;
          if (cutsAcross && (isOwn ? node.scrollWidth > node.clientWidth + 1 : box.right > frame.right + 1)) {
            found.push(`cut across: ${describe(element)}`); break;
          }
          if (cutsDown && (isOwn ? node.scrollHeight > node.clientHeight + 1 : box.bottom > frame.bottom + 1)) {
            found.push(`cut in height: ${describe(element)}`); break;
          }
        }
      }
      return [...new Set(found)].slice(0, 8);
    },

    // Marks what the Tab key must reach; a group of radio buttons is one stop.
    expectStops() {
      const groups = new Set();
      let rank = 0;
      for (const element of document.querySelectorAll(focusable)) {
        if (element.disabled || !element.getClientRects().length || closed(element) || !shown(element)) continue;
        if (element.type === "radio") {
          const group = `${element.form?.id ?? ""}/${element.name}`;
          if (groups.has(group)) continue;
          groups.add(group);
        }
        element.dataset.atnStop = String(rank++);
      }
      document.activeElement?.blur();
      window.scrollTo(0, 0);
      return rank;
    },

    // What a sighted keyboard user perceives of the element that has the focus (2.4.3, 2.4.7, 2.4.11).
    stop() {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      const box = element.getClientRects()[0] || element.getBoundingClientRect();
      const inside = (value, most) => Math.min(Math.max(value, 1), most - 2);
      const own = (x, y) => {
        const top = document.elementFromPoint(inside(x, innerWidth), inside(y, innerHeight));
        return top && (element.contains(top) || [...(element.labels ?? [])].some((each) => each.contains(top)));
      };
      const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]];
      const ring = (node) => {
        const style = getComputedStyle(node);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      };
      return {
        id: element.dataset.atnStop ?? (element.type === "radio" ? `radio/${element.name}` : `extra/${describe(element)}`),
        text: describe(element),
        name: label(element),
        ring: chain(element).slice(0, 4).some(ring),
        visible: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        covered: !points.some(([x, y]) => own(box.left + box.width * x, box.top + box.height * y)),
      };
    },

    missed(reached) {
      return [...document.querySelectorAll("[data-atn-stop]")]
        .filter((element) => !reached.includes(element.dataset.atnStop))
        .filter((element) => !(element.type === "radio" && reached.includes(`radio/${element.name}`)))
        .map(describe);
    },

    // What answers to the mouse must answer to the keyboard (2.1.1).
    mouseOnly() {
      const clickable = "[onclick],[role=button],[role=link],[role=tab],[role=switch],[role=checkbox],a:not([href])";
      return [...document.querySelectorAll(clickable)]
        .filter((element) => element.getClientRects().length && !element.disabled)
        .filter((element) => { element.focus(); return document.activeElement !== element; })
        .map(describe);
    },

    // 2.5.8: 24 px at least, links inside running text apart.
    smallTargets() {
      const found = [];
      for (const element of document.querySelectorAll("a[href],button,input:not([type=hidden]),select,summary")) {
        const boxed = element.type === "radio" || element.type === "checkbox" ? element.labels?.[0] ?? element : element;
        const box = boxed.getBoundingClientRect();
        const inText = getComputedStyle(element).display === "inline" && element.closest("p,li,td,th,dd,h2,h3,figcaption");
        if (!box.width || inText || element.matches(".skip") || onlyForEars(element)) continue;
        if (box.width < 24 || box.height < 24) found.push(`${describe(element)} ${Math.round(box.width)}×${Math.round(box.height)}`);
      }
      return found;
    },

    structure() {
      const found = [];
      const ranks = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((heading) => Number(heading.tagName[1]));
      if (ranks.filter((rank) => rank === 1).length !== 1) found.push(`h1 × ${ranks.filter((rank) => rank === 1).length}`);
      ranks.forEach((rank, i) => { if (i && rank > ranks[i - 1] + 1) found.push(`heading jump h${ranks[i - 1]} → h${rank}`); });
      if (document.documentElement.lang !== "fr-CA") found.push(`lang ${document.documentElement.lang}`);
      const moving = [...document.querySelectorAll("*")].filter((element) => {
        const style = getComputedStyle(element);
        // The source of a film is not drawn, and has no style at all.
        return parseFloat(style.transitionDuration) > 0 || (style.animationName || "none") !== "none";
      });
      if (moving.length) found.push(`moves though reduced motion is asked: ${describe(moving[0])}`);
      return found;
    },
  };
})();
