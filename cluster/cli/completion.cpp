#include "cluster/cli/parse.hpp"

namespace callboard::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : " ") + word;
  return out;
}

/// `'path') words="…" ;;` for every command, for bash and zsh.
std::string cases(const std::vector<command_words>& words, const std::string& assign) {
  std::string out;
  for (const auto& row : words)
    out += "    '" + row.path + "') " + assign + "(" + joined(row.words) + ") ;;\n";
  return out;
}

std::string known_paths(const std::vector<command_words>& words) {
  std::string out;
  for (const auto& row : words)
    if (!row.path.empty())
      out += (out.empty() ? "'" : "|'") + row.path + "'";
  return out;
}

std::string bash(const std::vector<command_words>& words) {
  return "_callboard() {\n  local path='' next i known=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    next=\"${path:+$path }${COMP_WORDS[i]}\"\n"
         "    case \"$next\" in " + known_paths(words) + ") path=$next ;; esac\n"
         "  done\n"
         "  case \"$path\" in\n" + cases(words, "known=") + "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"${known[*]}\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
         "}\ncomplete -o default -F _callboard callboard\n";
}

std::string zsh(const std::vector<command_words>& words) {
  return "#compdef callboard\n_callboard() {\n  local path_='' next i\n  local -a known\n"
         "  for ((i = 2; i < CURRENT; i++)); do\n"
         "    next=\"${path_:+$path_ }${words[i]}\"\n"
         "    case \"$next\" in " + known_paths(words) + ") path_=$next ;; esac\n"
         "  done\n"
         "  case \"$path_\" in\n" + cases(words, "known=") + "  esac\n"
         "  compadd -a known || _files\n"
         "}\ncompdef _callboard callboard\n";
}

std::string fish(const std::vector<command_words>& words) {
  std::string out =
    "function __callboard_path\n  set -l path ''\n"
    "  for word in (commandline -opc)[2..-1]\n"
    "    set -l next (string trim -- \"$path $word\")\n"
    "    switch $next\n      case";
  for (const auto& row : words)
    if (!row.path.empty())
      out += " '" + row.path + "'";
  out += "\n        set path $next\n    end\n  end\n  echo -n $path\nend\n";
  for (const auto& row : words)
    out += "complete -c callboard -n 'test \"$(__callboard_path)\" = \"" + row.path + "\"' -a '" + joined(row.words) + "'\n";
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<command_words>& words) {
  if (shell == "bash")
    return bash(words);
  return shell == "zsh" ? zsh(words) : fish(words);
}

}  // namespace callboard::cli
