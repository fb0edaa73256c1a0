/* Paging of a TRS-like listing; written for the replica. Page 1 is index.html, page 2 is index_1.html. */
function createPageHTML(count, index, name, extension) {
  if (count <= 1) { return; }
  for (var i = 0; i < count; i++) {
    var file = i === 0 ? name + "." + extension : name + "_" + i + "." + extension;
    document.write(i === index ? "<b>" + (i + 1) + "</b>" : '<a href="' + file + '">' + (i + 1) + "</a>");
  }
}
