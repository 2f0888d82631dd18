# Line coverage of one assembly over any number of Cobertura reports, as coverlet writes them: an element a line.
function attribute(name) {
  if (!match($0, " " name "=\"[^\"]*\"")) return ""
  return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
}
/<package / { wanted = attribute("name") == assembly }
wanted && /<class / { file = attribute("filename") }
wanted && /<line / {
  line = file ":" attribute("number")
  if (!(line in hits)) lines++
  if (attribute("hits") > 0 && !hits[line]) { hits[line] = 1; covered++ } else hits[line] += 0
}
END {
  if (lines) printf "line coverage of %s: %.1f %%\n", assembly, 100 * covered / lines
}
