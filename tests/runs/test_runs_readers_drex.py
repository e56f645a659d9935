"""DREX logs and CSVs, written small here in their layouts."""

import pytest

from explainers.errors import InvalidInput
from explainers.runs import load_run
from explainers.runs.model import CUT_SHORT, TOTALS_ONLY

HEAD = """Running command: python main.py
INFO base_llm_engine.py:69] Initializing an LLM engine with config: model='/hf/Llama-2-70b-chat-hf', dtype=x
INFO base_llm_engine.py:69] EE configs: ee_policy=rebatching, shallow_exit_layer=30, conf_threshold=0.01, max_num_seqs(max batch size)=8,
Filtered CNN dataset: 2160 articles out of 13368 are within 2000 characters
"""  # noqa: E501
BARS = [
    "Replica 0 processed requests:   0%|          | 0/4 [00:00<?, ?it/s]",
    "Replica 0 processed requests:  25%|##▌       | 1/4 [00:08<13:47,  8.36s/it]",
    "Replica 0 processed requests:  75%|###       | 3/4 [00:08<03:38,  2.26s/it]",
    "Replica 0 processed requests: 100%|##########| 4/4 [01:02<00:00,  1.86it/s]",
    "Replica 0 processed requests: 100%|##########| 4/4 [01:03<00:00,  1.12it/s]",
]
TAIL = """
INFO benchmark_runner.py:518] Replica 0 exiting after processing 4 (16 iterations), Total time taken: 62.91 seconds
INFO benchmark_runner.py:521] Replica 0 processed 400 output tokens. Time taken: 62.91 seconds. Throughput: 6.36 tokens/sec. Exited rates(#tokens generated via ee vs. non-ee): [100, 301].
"""  # noqa: E501
FORCED = "INFO benchmark_runner.py:537] Num seq would ee but stay: 13, Num seq would not ee but ee: 2\n"


def log(tmp_path, text):
    path = tmp_path / "some.out"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("between", ["\r", "", "\n", "\r\n", "\nWARNING a line of the scheduler\n"])
def test_bars_are_read_however_they_are_separated(tmp_path, between):
    run = load_run(log(tmp_path, HEAD + between.join(BARS) + TAIL + FORCED))
    assert run.progress.elapsed_s.tolist() == [0, 8, 8, 62]
    assert run.progress.completed_requests.tolist() == [0, 1, 3, 4]
    assert run.completed_at(62.91) == 4
    assert run.end_s == 62.91
    assert run.totals.throughput_tok_s == 6.36
    assert run.early_exit_share_at(1.0) == pytest.approx(100 / 401)
    assert (run.totals.involuntary_exits, run.totals.involuntary_stays) == (2, 13)
    assert run.provenance.policy == "rebatching"
    assert run.label == "DREX"
    assert run.provenance.settings["batch"] == "8"


def test_what_an_older_log_does_not_print_is_unknown_and_not_zero(tmp_path):
    run = load_run(log(tmp_path, HEAD + "".join(BARS) + TAIL))
    assert run.totals.involuntary_exits is None


def test_a_log_with_no_bar_is_its_totals(tmp_path):
    run = load_run(log(tmp_path, HEAD + TAIL))
    assert run.progress is None
    assert run.caveats == (TOTALS_ONLY,)
    assert run.output_tokens_at(62.91) == 400


def test_a_log_cut_by_a_crash_gives_the_progress_it_has(tmp_path):
    run = load_run(log(tmp_path, HEAD + "\r".join(BARS[:3]) + "\rReplica 0 processed requ"))
    assert CUT_SHORT in run.caveats
    assert run.end_s == 8.0
    assert run.completed_at(8.0) == run.completed_at(100.0) == 3
    assert run.completed_at(7.0) < 1


def test_replicas_are_added_up(tmp_path):
    second = [each.replace("Replica 0", "Replica 1").replace("01:02", "00:30") for each in BARS]
    tail = TAIL + TAIL.replace("Replica 0", "Replica 1").replace("62.91", "31.00")
    run = load_run(log(tmp_path, HEAD + "\r".join(BARS + second) + tail))
    assert run.totals.requests == 8
    assert run.end_s == 62.91
    assert run.completed_at(62.91) == 8


def test_a_replica_that_crashed_leaves_its_requests_unfinished(tmp_path):
    second = [each.replace("Replica 0", "Replica 1").replace("01:02", "00:30") for each in BARS]
    run = load_run(log(tmp_path, HEAD + "\r".join(BARS + second[:3]) + TAIL))
    assert (run.request_count, run.outcomes.words) == (8, "1 unfinished")
    assert run.completed_at(run.end_s) == 7


HEADER = (
    "seq_id,output,num_output_tokens,time,throughput,num_ee_tokens,num_no_ee_tokens,"
    "request_duration,request_duration_avg"
)


def rows(count, average=2.0, text='\\"" Hello, ""you""\nthere\\""'):
    return "".join(
        f'{index},"{text}",400,62.9,6.36,100,301,{1.0 + 2 * (index % 2)},{average}\n'
        for index in range(count)
    )


def test_a_run_csv_gives_totals_and_counts_its_requests(tmp_path):
    run = load_run(log(tmp_path, HEADER + "\n" + rows(4)))
    assert (run.totals.requests, run.totals.output_tokens, run.end_s) == (4, 400, 62.9)
    assert run.caveats == (TOTALS_ONLY,)
    assert run.totals.involuntary_stays is None


def test_a_run_csv_whose_rows_do_not_have_the_stated_mean_is_known_to_be_cut(tmp_path):
    run = load_run(log(tmp_path, HEADER + "\n" + rows(3)))
    assert run.totals.requests is None
    assert run.caveats == (TOTALS_ONLY, "log cut short: 3 requests in the table, totals of all")
    assert run.throughput_at(5.0) == pytest.approx(400 / 62.9)


def test_a_run_csv_cut_in_the_middle_of_a_row_is_known_to_be_cut(tmp_path):
    run = load_run(log(tmp_path, (HEADER + "\n" + rows(4))[:-30]))
    assert run.totals.requests is None


def test_a_run_csv_of_an_older_version_has_fewer_columns(tmp_path):
    run = load_run(log(tmp_path, "seq_id,output,num_output_tokens,time,throughput\n1,x,10,2.0,5.0\n"))
    assert run.totals.ee_tokens is None
    assert run.totals.throughput_tok_s == 5.0


def test_a_run_csv_without_a_row_is_an_error(tmp_path):
    with pytest.raises(InvalidInput, match="a header and no whole row"):
        load_run(log(tmp_path, HEADER + "\n"))
